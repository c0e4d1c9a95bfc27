import { useSearch } from "@tanstack/react-router";
import type { Cursor } from "~/api/cursor";
import { useChangeSearch } from "~/routes/search";

/** Two lists stand on one page: each has its own place in the address. */
export function useFinancePlace(list: "batches" | "refusals") {
  const search = useSearch({ from: "/app/finance" });
  const change = useChangeSearch();
  const after = search[`${list}After`];
  const before = search[`${list}Before`];
  const cursor: Cursor = { ...(after ? { after } : {}), ...(before ? { before } : {}) };
  const move = (next: Cursor) => change({ [`${list}After`]: next.after, [`${list}Before`]: next.before });
  return { cursor, move };
}
