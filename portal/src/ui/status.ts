import type { Dictionary } from "~/i18n/en";

export type Tone = "good" | "wait" | "bad" | "quiet";

type StatusWords = Dictionary["status"];
export type StatusKind = keyof StatusWords;

/**
 * The one map of states. It feeds the badge, the filter, the tooltip and the legend; the words for each state, and what
 * happens next, are under `status` in the dictionaries.
 */
export const STATUSES: { [Kind in StatusKind]: Record<keyof StatusWords[Kind] & string, Tone> } = {
  commission: { pending: "wait", approved: "good", paid: "quiet" },
  order: { pending: "wait", submitted: "wait", confirmed: "wait", finalized: "good", failed: "bad" },
  batch: { pending: "wait", submitted: "wait", confirmed: "wait", finalized: "good", failed: "bad" },
  payout: { pending: "wait", processing: "wait", sent: "wait", completed: "good", failed: "bad", canceled: "quiet" },
  partner: { active: "good", suspended: "bad" },
};

export function statusesOf(kind: StatusKind): string[] {
  return Object.keys(STATUSES[kind]);
}

export function toneOf(kind: StatusKind, status: string): Tone {
  const tones: Record<string, Tone> = STATUSES[kind];
  return tones[status] ?? "quiet";
}
