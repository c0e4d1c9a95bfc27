import { useState } from "react";
import { useTranslation } from "~/i18n/useTranslation";
import { type EarningsMonth, ROLES } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { percentOf, ticksFor } from "./scale";

const FILLS = { referrer: "bg-referrer", implementer: "bg-implementer", trainer: "bg-trainer" } as const;

/** The least of a column: 24 pixels and the gap, so that a thumb hits it. */
const COLUMN_REM = 1.5625;

/** Amounts stacked by role, or how many orders they come from. */
export const MEASURES = ["money", "count"] as const;
export type Measure = (typeof MEASURES)[number];

interface Props {
  measure: Measure;
  /** Oldest first, without gaps. */
  months: readonly EarningsMonth[];
  currency: string;
  selected: string | undefined;
  onSelect: (month: string) => void;
}

/** Earnings or orders month by month. The legend shows the figures of the month one points at. */
export function MonthsChart({ measure, months, currency, selected, onSelect }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const [pointed, setPointed] = useState<string>();
  const totals = months.map(({ earned, orders }) => BigInt(measure === "money" ? earned : orders));
  const ticks = ticksFor(totals.reduce((most, total) => (total > most ? total : most), 0n));
  const top = ticks[ticks.length - 1] ?? 0n;
  const shown =
    months.find(({ month }) => month === (pointed ?? selected)) ??
    months.findLast(({ orders }) => orders > 0) ??
    months[months.length - 1];
  if (!shown) return null;

  return (
    <figure aria-label={t(measure === "money" ? "earnings.chart" : "earnings.chartOrders")}>
      <Legend month={shown} currency={currency} />
      <div className="flex gap-2">
        <div aria-hidden className="relative h-44 w-12 shrink-0 text-right text-[0.6875rem] text-muted">
          {ticks.map((tick) => (
            <span key={String(tick)} className="money absolute right-0 translate-y-1/2 leading-none" style={{ bottom: `${percentOf(tick, top)}%` }}>
              {measure === "money" ? format.tick(tick, currency) : format.count(Number(tick))}
            </span>
          ))}
        </div>
        <div className="min-w-0 flex-1 overflow-x-auto overflow-y-hidden" dir="rtl">
          <div dir="ltr" className="relative flex h-44 min-w-full gap-px" style={{ width: `${months.length * COLUMN_REM}rem` }}>
            {ticks.map((tick) => (
              <div key={String(tick)} aria-hidden className="absolute inset-x-0 border-t border-line" style={{ bottom: `${percentOf(tick, top)}%` }} />
            ))}
            {months.map((month) => (
              <button
                key={month.month}
                type="button"
                aria-pressed={month.month === selected}
                aria-label={`${t("earnings.showMonth", { month: format.month(month.month) })}: ${measure === "money" ? format.money(month.earned, currency) : format.count(month.orders)}`}
                onClick={() => onSelect(month.month)}
                onPointerEnter={() => setPointed(month.month)}
                onPointerLeave={() => setPointed(undefined)}
                onFocus={() => setPointed(month.month)}
                onBlur={() => setPointed(undefined)}
                className="relative flex min-w-0 flex-1 flex-col-reverse items-center rounded-sm hover:bg-sunken focus-visible:-outline-offset-2 aria-pressed:bg-accent-soft"
              >
                {partsOf(month, measure).map(({ name, fill, part }) => (
                  <span
                    key={name}
                    className={`w-3/5 max-w-9 border-t border-surface last:rounded-t-sm ${fill}`}
                    style={{ height: `${percentOf(part, top)}%` }}
                  />
                ))}
              </button>
            ))}
          </div>
          <Months months={months} />
        </div>
      </div>
    </figure>
  );
}

function partsOf(month: EarningsMonth, measure: Measure) {
  if (measure === "count") return [{ name: "orders", fill: "bg-accent", part: BigInt(month.orders) }];
  return ROLES.map((role) => ({ name: role, fill: FILLS[role], part: BigInt(month[role]) }));
}

function Legend({ month, currency }: { month: EarningsMonth; currency: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <figcaption className="mb-5 flex flex-wrap items-baseline gap-x-5 gap-y-1 text-sm">
      <span className="font-medium">{format.month(month.month)}</span>
      {ROLES.map((role) => (
        <span key={role} className="inline-flex items-baseline gap-1.5 text-muted">
          <span className={`size-2.5 rounded-xs ${FILLS[role]}`} />
          {t(`role.${role}`)} <span className="money text-ink">{format.amount(month[role], currency)}</span>
        </span>
      ))}
      <span className="text-muted">
        {t("field.orders")} <span className="money text-ink">{format.count(month.orders)}</span>
      </span>
      <span className="text-muted">
        {t("field.earned")} <span className="money font-semibold text-ink">{format.money(month.earned, currency)}</span>
      </span>
    </figcaption>
  );
}

/** Names under the columns: as many as fit, and the year where it begins. */
function Months({ months }: { months: readonly EarningsMonth[] }) {
  const format = useFormat();
  const every = Math.ceil(months.length / 9);
  return (
    <div aria-hidden dir="ltr" className="mt-1.5 flex min-w-full gap-px text-[0.6875rem] text-muted" style={{ width: `${months.length * COLUMN_REM}rem` }}>
      {months.map(({ month }, position) => (
        <span key={month} className="relative h-8 min-w-0 flex-1">
          {position % every === 0 && (
            <span className={`absolute leading-tight whitespace-nowrap ${position === 0 ? "left-0" : "left-1/2 -translate-x-1/2 text-center"}`}>
              {format.shortMonth(month)}
              {(position === 0 || Number(month.slice(5)) <= every) && <span className="block">{month.slice(0, 4)}</span>}
            </span>
          )}
        </span>
      ))}
    </div>
  );
}
