import type { ReactNode } from "react";
import type { Tone } from "./status";

const LOOKS: Record<Tone, string> = {
  good: "bg-good-soft",
  wait: "bg-wait-soft",
  bad: "bg-bad-soft",
  quiet: "bg-sunken",
};

/** A sentence or two that the reader should see before the rest. */
export function Notice({ tone, title, children }: { tone: Tone; title?: string; children?: ReactNode }) {
  return (
    <div className={`rounded-lg px-4 py-3 text-sm ${LOOKS[tone]}`}>
      {title && <p className="font-medium">{title}</p>}
      {children && <div className={title ? "mt-1" : ""}>{children}</div>}
    </div>
  );
}
