import type { Period } from "~/api/types";

/** The months that are next: the oldest open one to close, unless it still runs, and the oldest closed one to lock. */
export function nextPeriods(newestFirst: readonly Period[], today = new Date()): { toClose: string | undefined; toLock: string | undefined } {
  const running = today.toISOString().slice(0, 7);
  const oldest = (status: Period["status"]) => newestFirst.findLast((period) => period.status === status)?.month;
  const open = oldest("open");
  return { toClose: open !== undefined && open < running ? open : undefined, toLock: oldest("closed") };
}
