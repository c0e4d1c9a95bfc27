import { useState } from "react";
import type { Comparison, Figures } from "~/api/queries/simulator";
import { FrontChart } from "~/charts/FrontChart";
import { SpansChart } from "~/charts/SpansChart";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { Notice } from "~/ui/Notice";
import { RateSummary } from "./RateSummary";

/** What a period like the past one may bring. */
export function Forecast({ found }: { found: Comparison }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { currency } = found;
  if (found.forecast.length === 0) return null;
  return (
    <Card title={t("simulator.forecast")} lead={t("simulator.forecastLead")}>
      <div className="grid gap-6 xl:grid-cols-2">
        {(["cost", "margin_after"] as const).map((measure) => (
          <div key={measure}>
            <h3 className="mb-3 text-sm font-medium">{t(measure === "cost" ? "simulator.cost" : "simulator.left")}</h3>
            <SpansChart
              label={`${t("simulator.forecast")}: ${t(measure === "cost" ? "simulator.cost" : "simulator.left")}`}
              close
              spans={found.forecast.map((row, position) => ({
                name: `${position === 0 ? t("simulator.today") : row.name}${position > 0 && measure === "margin_after" ? ` · ${t("simulator.better", { share: format.rate(row.better_bps) })}` : ""}`,
                from: BigInt(row[measure].p10),
                to: BigInt(row[measure].p90),
                note: `${format.amount(row[measure].p10, currency)} – ${format.amount(row[measure].p90, currency)}`,
                tone: "quiet",
              }))}
            />
          </div>
        ))}
      </div>
    </Card>
  );
}

/** Which assumption matters most. */
export function Tornado({ figures, currency }: { figures: Figures; currency: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (figures.sensitivity.length === 0) return null;
  const value = (name: string, at: number) => (name === "elasticity_bps" ? String(at / 10_000) : format.rate(at));
  return (
    <Card title={t("simulator.tornado")} lead={t("simulator.tornadoLead")}>
      <SpansChart
        label={t("simulator.tornado")}
        close
        mark={BigInt(figures.margin_after)}
        spans={figures.sensitivity.map(({ assumption, low, high, margin_at_low, margin_at_high }) => ({
          name: `${t(`simulator.assume_${assumption as "margin_bps"}`)} ${value(assumption, low)} – ${value(assumption, high)}`,
          from: BigInt(margin_at_low),
          to: BigInt(margin_at_high),
          note: `${format.amount(margin_at_low, currency)} – ${format.amount(margin_at_high, currency)}`,
          tone: "quiet",
        }))}
      />
    </Card>
  );
}

const amount = (value: number | undefined) => BigInt(Math.round(value ?? 0));

/** Candidates of the search that none beats. */
export function Front({ found }: { found: Comparison }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [selected, setSelected] = useState(0);
  const { currency, front, today } = found;
  const points = front.flatMap(({ values, design }) => {
    const x = amount(values["partners_get"]);
    const y = amount(values["margin_after"]);
    return [{ x, y, design, name: t("simulator.point", { left: format.money(y, currency), cost: format.money(x, currency) }) }];
  });
  const chosen = points[selected];
  if (!chosen) return null;
  return (
    <Card title={t("simulator.front")} lead={t("simulator.frontLead")}>
      {front.some(({ keeps }) => !keeps) && <Notice tone="bad" title={t("simulator.keepsNone")} />}
      <FrontChart
        label={t("simulator.front")}
        points={points}
        today={{ x: BigInt(today.cost), y: BigInt(today.margin_after) }}
        todayName={t("simulator.today")}
        currency={currency}
        acrossTitle={t("simulator.costIn", { currency })}
        upTitle={t("simulator.leftIn", { currency })}
        selected={selected}
        onSelect={setSelected}
      />
      <details className="mt-4">
        <summary className="w-fit text-sm font-medium text-accent">{t("simulator.rates")}</summary>
        <RateSummary design={chosen.design} currency={currency} />
      </details>
    </Card>
  );
}
