import type { RunWithHistory } from "~/api/types";

export interface Steps {
  /** `own`: its preparer may not; `empty`: it pays nobody. */
  approve: "yes" | "own" | "empty" | undefined;
  reject: boolean;
  cancel: boolean;
  file: boolean;
  /** Also once it is closed: a bank sends payments back days later. */
  answer: boolean;
}

/** What may be done with a run by a member of finance. The server decides; this says so before it is asked. */
export function stepsOf({ status, payouts, transitions }: RunWithHistory, login: string): Steps {
  const prepared = status === "prepared";
  const own = transitions.find((transition) => transition.status === "prepared")?.by === login;
  return {
    approve: prepared ? (own ? "own" : payouts === 0 ? "empty" : "yes") : undefined,
    reject: prepared,
    cancel: prepared || status === "approved",
    file: status === "approved" || status === "sent",
    answer: status === "sent" || status === "closed",
  };
}
