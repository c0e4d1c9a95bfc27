import { useState } from "react";
import type { Comparison, Figures } from "~/api/queries/simulator";
import { ColumnsChart } from "~/charts/ColumnsChart";
import { LinesChart } from "~/charts/LinesChart";
import { SankeyChart } from "~/charts/SankeyChart";
import { numbered } from "~/charts/series";
import { SpansChart } from "~/charts/SpansChart";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { Choice } from "~/ui/Choice";
import { Notice } from "~/ui/Notice";
import { useFindingText } from "./words";

interface Props {
  found: Comparison;
  /** Today's plan first; those at length where they are there. */
  plans: readonly Figures[];
  /** Which one the charts of one plan are about. */
  shown: number;
}

/** The charts of a comparison, and of one of its plans. */
export function Charts({ found, plans, shown }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { currency } = found;
  const finding = useFindingText(currency);
  const figures = plans[shown] ?? found.today;
  const names = plans.map(({ name }, position) => (position === 0 ? t("simulator.today") : name));
  const stressed = plans.map(({ stress }, position) => ({
    name: names[position] ?? "",
    points: stress.map(({ revenue, cost }) => ({ x: BigInt(revenue), y: BigInt(cost) })),
  }));
  return (
    <div className="space-y-6">
      <Card title={t("simulator.findings")}>
        {figures.findings.length === 0 && <p className="text-sm text-muted">{t("simulator.noFindings")}</p>}
        <ul className="space-y-2">
          {numbered(figures.findings).map(({ item: one, place }) => (
            <li key={place}>
              <Notice tone={one.code === "above_margin" || one.code === "over_budget" ? "bad" : "wait"}>{finding(one)}</Notice>
            </li>
          ))}
        </ul>
      </Card>
      <div className="grid gap-6 xl:grid-cols-2">
        <Card title={t("simulator.bridge")} lead={t("simulator.bridgeLead")}>
          <Bridge figures={figures} currency={currency} />
        </Card>
        <Curves plans={plans} names={names} currency={currency} />
        <Card title={t("simulator.distribution")} lead={t("simulator.distributionLead")}>
          <ColumnsChart
            label={t("simulator.distribution")}
            names={[t("simulator.today"), shown === 0 ? t("simulator.today") : figures.name]}
            columns={figures.payouts.histogram.map(({ from, partners, today }) => ({ label: format.tick(BigInt(from), currency), values: [today, partners] }))}
            acrossTitle={t("simulator.getsFrom", { currency })}
            upTitle={t("simulator.partners")}
          />
        </Card>
        <Card title={t("simulator.migration")} lead={t("simulator.migrationLead")}>
          <SankeyChart
            label={t("simulator.migration")}
            moves={figures.tiers}
            before={t("simulator.today")}
            after={names[shown] ?? ""}
            tier={(tier) => t("simulator.tier", { tier })}
            says={({ from, to, months }) => t("simulator.moves", { from, to, months: format.count(months) })}
          />
        </Card>
        {stressed.every(({ points }) => points.length > 0) && (
          <Card title={t("simulator.stress")} lead={t("simulator.stressLead")}>
            <LinesChart
              label={t("simulator.stress")}
              lines={stressed}
              currency={currency}
              acrossTitle={t("simulator.revenueIn", { currency })}
              upTitle={t("simulator.costIn", { currency })}
              marked
            />
          </Card>
        )}
        <Card title={t("simulator.cash")} lead={t("simulator.cashLead")}>
          <ColumnsOfMonths figures={figures} currency={currency} />
        </Card>
      </div>
    </div>
  );
}

function Bridge({ figures, currency }: { figures: Figures; currency: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [before, byPlan, byResponse, after] = [figures.bridge.before, figures.bridge.by_plan, figures.bridge.by_response, figures.bridge.after].map(BigInt) as [bigint, bigint, bigint, bigint];
  const signed = (amount: bigint) => `${amount > 0n ? "+" : ""}${format.money(amount, currency)}`;
  const step = (name: string, from: bigint, change: bigint) => ({ name, from, to: from + change, note: signed(change), tone: change < 0n ? ("bad" as const) : ("good" as const) });
  const whole = (name: string, amount: bigint) => ({ name, to: amount, note: format.money(amount, currency), tone: "quiet" as const });
  return (
    <SpansChart
      label={t("simulator.bridge")}
      close
      spans={[
        whole(t("simulator.bridgeBefore"), before),
        step(t("simulator.bridgePlan"), before, byPlan),
        step(t("simulator.bridgeResponse"), before + byPlan, byResponse),
        whole(t("simulator.bridgeAfter"), after),
      ]}
    />
  );
}

function Curves({ plans, names, currency }: { plans: readonly Figures[]; names: readonly string[]; currency: string }) {
  const { t } = useTranslation();
  const codes = plans[0]?.curves.map(({ plan }) => plan) ?? [];
  const [chosen, setChosen] = useState(codes[0]);
  const code = codes.find((one) => one === chosen) ?? codes[0];
  if (!code) return null;
  return (
    <Card
      title={t("simulator.curve")}
      lead={t("simulator.curveLead")}
      aside={codes.length > 1 && <Choice label={t("nav.plans")} value={code} options={codes.map((value) => ({ value, label: value }))} onChoose={setChosen} />}
    >
      <LinesChart
        label={t("simulator.curve")}
        lines={plans.map(({ curves }, position) => ({
          name: names[position] ?? "",
          points: (curves.find(({ plan }) => plan === code)?.points ?? []).map(({ volume, payout }) => ({ x: BigInt(volume), y: BigInt(payout) })),
        }))}
        currency={currency}
        acrossTitle={t("simulator.volumeIn", { currency })}
        upTitle={t("simulator.getsIn", { currency })}
      />
    </Card>
  );
}

/** What is earned, and what becomes payable, month by month and summed up. */
function ColumnsOfMonths({ figures, currency }: { figures: Figures; currency: string }) {
  const { t } = useTranslation();
  const summed = (pick: (month: Figures["months"][number]) => string) => {
    let total = 0n;
    return figures.months.map((month, position) => {
      total += BigInt(pick(month));
      return { x: BigInt(position), y: total };
    });
  };
  return (
    <MonthLines
      label={t("simulator.cash")}
      months={figures.months.map(({ month }) => month)}
      lines={[
        { name: t("simulator.earned"), points: summed(({ earned }) => earned) },
        { name: t("simulator.payable"), points: summed(({ payable }) => payable) },
      ]}
      currency={currency}
    />
  );
}

function MonthLines({ label, months, lines, currency }: { label: string; months: readonly string[]; lines: Parameters<typeof LinesChart>[0]["lines"]; currency: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [first, last] = [months[0], months[months.length - 1]];
  return (
    <LinesChart
      label={label}
      lines={lines}
      currency={currency}
      acrossTitle=""
      upTitle={t("simulator.summedIn", { currency })}
      across={first && last ? [{ at: 0, label: format.month(first) }, { at: 100, label: format.month(last) }] : []}
    />
  );
}
