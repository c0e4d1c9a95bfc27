import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Loading } from "~/ui/Loading";
import { Trouble } from "~/ui/Trouble";

/** One thing, once it is there. */
export function Loaded<Data>({ query, children }: { query: UseQueryResult<Data>; children: (data: Data) => ReactNode }) {
  if (query.isPending) return <Loading lines={6} />;
  if (query.isError) return <Trouble error={query.error} onRetry={() => void query.refetch()} />;
  return <>{children(query.data)}</>;
}
