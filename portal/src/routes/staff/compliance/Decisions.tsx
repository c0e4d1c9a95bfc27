import type { ReactNode } from "react";
import type { FindingDetail } from "~/api/queries/compliance";
import { numbered } from "~/charts/series";
import { useTranslation } from "~/i18n/useTranslation";
import { StatusBadge } from "~/ui/StatusBadge";
import type { StatusKind } from "~/ui/status";
import { Moment } from "../parts/values";

interface Step {
  state: string;
  at: string;
  by: string;
  reason: ReactNode;
}

/** What happened to something, in order. */
export function Steps({ kind, steps }: { kind: StatusKind; steps: readonly Step[] }) {
  return (
    <ol className="space-y-4 border-l border-line pl-5 text-sm">
      {numbered(steps).map(({ item, place }) => (
        <li key={place} className="relative">
          <span aria-hidden className="absolute top-1.5 -left-[1.55rem] size-2.5 rounded-full bg-accent ring-4 ring-surface" />
          <span className="block text-xs text-muted">
            <Moment at={item.at} /> · {item.by}
          </span>
          <StatusBadge kind={kind} status={item.state} />
          {item.reason && <span className="mt-1 block whitespace-pre-wrap wrap-anywhere">{item.reason}</span>}
        </li>
      ))}
    </ol>
  );
}

/** What the server says of a finding that it closed itself. */
const CLOSED = { "The rules say it no longer": "finding.closedGone", "The facts, or the rule, are others": "finding.closedOther" } as const;

/** Who decided what of a finding, and why. */
export function Decisions({ finding }: { finding: FindingDetail }) {
  const { t } = useTranslation();
  if (finding.decisions.length === 0) return <p className="text-sm text-muted">{t("finding.noDecisions")}</p>;
  const words = (reason: string | null) => {
    const known = reason && reason in CLOSED ? CLOSED[reason as keyof typeof CLOSED] : undefined;
    return known ? t(known) : reason;
  };
  return <Steps kind="finding" steps={finding.decisions.map((one) => ({ ...one, by: one.by || t("finding.byRules"), reason: words(one.reason) }))} />;
}
