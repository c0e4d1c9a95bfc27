import type { Dictionary } from "~/i18n/en";

export type Tone = "good" | "wait" | "bad" | "quiet";

type StatusWords = Dictionary["status"];
export type StatusKind = keyof StatusWords;
export type StatusOf<Kind extends StatusKind> = keyof StatusWords[Kind] & string;

/**
 * The one map of states. It feeds the badge, the filter, the tooltip and the legend; the words for each state, and what
 * happens next, are under `status` in the dictionaries.
 */
export const STATUSES: { [Kind in StatusKind]: Record<StatusOf<Kind>, Tone> } = {
  commission: { pending: "wait", approved: "good", paid: "quiet", processed: "quiet", refunded: "quiet", disputed: "bad" },
  order: { pending: "wait", submitted: "wait", confirmed: "wait", finalized: "good", failed: "bad" },
  batch: { submitted: "wait", confirmed: "wait", finalized: "good", failed: "bad" },
  payout: { pending: "wait", processing: "wait", sent: "wait", completed: "good", failed: "bad", canceled: "quiet", returned: "bad" },
  run: { prepared: "wait", approved: "wait", sent: "wait", closed: "good", rejected: "bad", canceled: "quiet" },
  period: { open: "wait", closed: "good", locked: "good" },
  event: { accepted: "good", parked: "wait", refused: "bad" },
  deal: { draft: "quiet", submitted: "wait", returned: "bad", approved: "good", rejected: "bad", withdrawn: "quiet", expired: "quiet" },
  dispute: {
    draft: "quiet",
    opened: "wait",
    auto_checked: "wait",
    awaiting_response: "wait",
    evidence_open: "wait",
    under_review: "wait",
    proposed: "wait",
    auto_resolved: "good",
    accepted: "good",
    ruled: "good",
    defaulted: "good",
    appealed: "wait",
    ruled_final: "good",
    withdrawn: "quiet",
    executed: "good",
    on_hold_legal: "bad",
    escalated_external: "bad",
    closed: "quiet",
  },
  plan: { pending: "wait", published: "good" },
  attribution: { pending: "wait", registered: "good", locked: "good" },
  invitation: { open: "wait", accepted: "good", withdrawn: "quiet", expired: "bad" },
  request: { asked: "wait", ready: "good", expired: "quiet", approved: "wait", erased: "quiet", refused: "bad" },
  member: { active: "good", disabled: "quiet" },
  key: { good: "good", ending: "wait", ended: "quiet" },
  agreement: { signed: "good", due: "bad", upcoming: "wait" },
  partner: { active: "good", suspended: "bad" },
  endpoint: { enabled: "good", disabled: "quiet" },
  simulation: { queued: "wait", running: "wait", done: "good", failed: "bad", canceled: "quiet" },
  proposal: { waiting: "wait", approved: "good", rejected: "bad" },
  outcome: { BLOCK: "bad", HOLD: "wait", WARN: "quiet", COMPUTE: "quiet", PASS: "good" },
  finding: { open: "bad", override_asked: "wait", upheld: "bad", overridden: "good", noted: "quiet", cleared: "quiet" },
  rule: { draft: "wait", checked: "wait", tested: "wait", approved: "wait", published: "good", withdrawn: "quiet" },
  delivery: { pending: "wait", sending: "wait", delivered: "good", failed: "bad", canceled: "quiet" },
};

export function statusesOf<Kind extends StatusKind>(kind: Kind): StatusOf<Kind>[] {
  return Object.keys(STATUSES[kind]) as StatusOf<Kind>[];
}

export function toneOf(kind: StatusKind, status: string): Tone {
  const tones: Record<string, Tone> = STATUSES[kind];
  return tones[status] ?? "quiet";
}
