import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Loaded } from "../parts/Loaded";

/** One thing, once it is there. It then stays, whatever becomes of later requests: something is being written in it. */
export function Kept<Data>({ query, children }: { query: UseQueryResult<Data>; children: (data: Data) => ReactNode }) {
  return query.data === undefined ? <Loaded query={query}>{children}</Loaded> : <>{children(query.data)}</>;
}
