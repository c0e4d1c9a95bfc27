import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";

/** What the server says has changed, and the first names of the queries that show it. */
const SHOWN_BY: Record<string, readonly string[]> = {
  orders: ["orders", "order"],
  commissions: ["commissions", "commission", "earnings"],
  balances: ["earnings", "partners", "partner", "accounts"],
  payouts: ["payouts", "payout-runs"],
  batches: ["batches", "batch"],
  books: ["trial-balance", "periods", "audit"],
  partners: ["partners", "partner"],
  deals: ["deals"],
  disputes: ["disputes", "commissions", "commission"],
  findings: ["findings"],
};

/** `live`: changes show by themselves. `lost`: the connection is being made anew. `offline`: the browser has none. */
export type LiveState = "connecting" | "live" | "lost" | "offline";

const TOGETHER_MS = 150;
const AGAIN_MS = [1_000, 2_000, 5_000, 10_000, 30_000];

let state: LiveState = "connecting";
const listeners = new Set<() => void>();

function tell(next: LiveState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/**
 * Keeps the pages up to date while they are in sight; returns how to stop it. A tab out of sight holds no connection,
 * since a browser has six for all tabs together, and asks for everything anew when it is looked at again.
 */
export function watchChanges(queryClient: QueryClient, onSignedOut: () => void): () => void {
  let source: EventSource | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let together: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let missed = false;
  const changed = new Set<string>();

  const show = () => {
    together = undefined;
    const names = new Set([...changed].flatMap((topic) => SHOWN_BY[topic] ?? []));
    changed.clear();
    void queryClient.invalidateQueries({ predicate: ({ queryKey }) => names.has(String(queryKey[0])) });
  };

  const take = (event: MessageEvent<string>) => {
    const { topics } = JSON.parse(event.data) as { topics: string[] };
    for (const topic of topics) changed.add(topic);
    together ??= setTimeout(show, TOGETHER_MS);
  };

  const close = () => {
    clearTimeout(again);
    source?.close();
    source = undefined;
  };

  const open = () => {
    close();
    if (!navigator.onLine) return tell("offline");
    const opened = new EventSource("/v1/live");
    source = opened;
    opened.addEventListener("ready", () => {
      failures = 0;
      tell("live");
      // What happened while nobody listened is not told again.
      if (missed) void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
      missed = false;
    });
    opened.addEventListener("changed", take);
    opened.addEventListener("ended", () => {
      close();
      onSignedOut();
    });
    opened.addEventListener("error", () => {
      close();
      missed = true;
      tell(navigator.onLine ? "lost" : "offline");
      again = setTimeout(open, AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)]);
      failures += 1;
    });
  };

  const look = () => {
    if (document.visibilityState === "visible") return open();
    missed = true;
    close();
  };

  const offline = () => {
    missed = true;
    close();
    tell("offline");
  };

  document.addEventListener("visibilitychange", look);
  addEventListener("online", open);
  addEventListener("offline", offline);
  look();
  return () => {
    clearTimeout(together);
    close();
    document.removeEventListener("visibilitychange", look);
    removeEventListener("online", open);
    removeEventListener("offline", offline);
  };
}
