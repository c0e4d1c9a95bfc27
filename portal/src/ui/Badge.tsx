import type { ReactNode } from "react";
import type { Tone } from "./status";

const LOOKS: Record<Tone, string> = {
  good: "bg-good-soft text-good",
  wait: "bg-wait-soft text-wait",
  bad: "bg-bad-soft text-bad",
  quiet: "bg-sunken text-muted ring-1 ring-line ring-inset",
};

/** Closed on purpose: a badge looks the same wherever it stands. */
export function Badge({ tone, title, children }: { tone: Tone; title?: string; children: ReactNode }) {
  return (
    <span title={title} className={`inline-block rounded-full px-2.5 py-0.5 text-xs font-medium whitespace-nowrap ${LOOKS[tone]}`}>
      {children}
    </span>
  );
}
