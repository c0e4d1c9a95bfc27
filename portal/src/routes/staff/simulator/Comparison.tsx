import type { ReactNode } from "react";
import type { Figures } from "~/api/queries/simulator";
import { looksOf, numbered } from "~/charts/series";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Badge } from "~/ui/Badge";
import { Cell, Head, Table } from "~/ui/Table";
import { NOTHING } from "../parts/values";

interface Props {
  /** Today's plan first. */
  plans: readonly Figures[];
  currency: string;
}

/** Plans side by side: what they cost, what they leave, and who gets it. */
export function Comparison({ plans, currency }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const rate = (bps: number | null | undefined) => (bps === null || bps === undefined ? NOTHING : format.rate(Math.round(bps)));
  const money = (minor: string) => <span className="money">{format.amount(minor, currency)}</span>;
  const line = (label: string, value: (figures: Figures) => ReactNode) => (
    <tr key={label}>
      <Cell>
        <span className="block min-w-24">{label}</span>
      </Cell>
      {numbered(plans).map(({ item: figures, place: position }) => (
        <Cell key={position} right>
          <span className="tabular-nums">{value(figures)}</span>
        </Cell>
      ))}
    </tr>
  );
  return (
    <Table still label={t("simulator.compared")}>
      <thead>
        <tr>
          <Head>{currency}</Head>
          {numbered(plans).map(({ item: figures, place: position }) => (
            <Head key={position} right>
              <span className="inline-block size-2.5 rounded-full" style={{ background: looksOf(position).colour }} /> {position === 0 ? t("simulator.today") : figures.name}
              {figures.simulated_only.length > 0 && (
                <span className="mt-1 block">
                  <Badge tone="wait" title={t("simulator.onlyLead", { parts: figures.simulated_only.map((part) => t(`simulator.only_${part as "marginal"}`)).join(" · ") })}>
                    {t("simulator.only")}
                  </Badge>
                </span>
              )}
            </Head>
          ))}
        </tr>
      </thead>
      <tbody>
        {line(t("simulator.revenue"), ({ revenue }) => money(revenue))}
        {line(t("simulator.cost"), ({ cost }) => money(cost))}
        {line(t("simulator.rate"), ({ effective_rate_bps }) => rate(effective_rate_bps))}
        {line(t("simulator.left"), ({ margin_after }) => <strong>{money(margin_after)}</strong>)}
        {plans.some(({ budget_left }) => budget_left) &&
          line(t("simulator.budgetLeft"), ({ budget_left }) => (budget_left ? money(budget_left) : NOTHING))}
        {line(t("simulator.paid"), ({ payouts }) => format.count(payouts.partners_paid))}
        {line(t("simulator.percentiles"), ({ payouts: { p10, p50, p90 } }) => [p10, p50, p90].map((minor) => format.amount(minor, currency)).join(" · "))}
        {line(t("simulator.gini"), ({ payouts }) => (payouts.gini === null ? NOTHING : payouts.gini.toFixed(2)))}
        {line(t("simulator.winners"), ({ against_today: { winners, losers } }) => `${format.count(winners)} · ${format.count(losers)}`)}
        {(["large", "middle", "small"] as const).map((segment) =>
          line(t(`simulator.segment_${segment}`), ({ against_today }) => rate(against_today.segments.find((one) => one.segment === segment)?.change_bps)),
        )}
        {plans.some(({ stress }) => stress.length > 0) &&
          line(t("simulator.breakEven"), ({ break_even_bps, stress }) => (stress.length > 0 ? rate(break_even_bps) : NOTHING))}
      </tbody>
    </Table>
  );
}
