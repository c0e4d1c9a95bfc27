import { useState } from "react";
import { useTranslation } from "~/i18n/useTranslation";
import { type EarningsMonth, ROLES } from "~/api/types";
import { MEASURES, type Measure, MonthsChart } from "~/charts/MonthsChart";
import { monthsBetween } from "~/i18n/dates";
import { useFormat } from "~/i18n/useFormat";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Choice } from "~/ui/Choice";
import { Cell, Head, Table } from "~/ui/Table";

/** As many columns as can be told apart, and as many rows as one takes in at a glance. */
const CHARTED = 24;
const LISTED = 6;

interface Props {
  months: EarningsMonth[];
  currency: string;
  selected: string | undefined;
  onSelect: (month: string) => void;
}

export function Months({ months, currency, selected, onSelect }: Props) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const [measure, setMeasure] = useState<Measure>("money");
  const measures = MEASURES.map((value) => ({ value, label: t(`earnings.${value}`) }));
  const latestFirst = months.toSorted((one, other) => other.month.localeCompare(one.month));
  const listed = all ? latestFirst : latestFirst.filter(({ month }, position) => position < LISTED || month === selected);
  return (
    <Card
      title={t("earnings.months")}
      aside={months.length > 0 && <Choice label={t("earnings.measure")} value={measure} options={measures} onChoose={setMeasure} />}
    >
      {months.length === 0 ? (
        <p className="text-sm text-muted">{t("earnings.monthsEmpty")}</p>
      ) : (
        <>
          <MonthsChart measure={measure} months={withoutGaps(latestFirst).slice(-CHARTED)} currency={currency} selected={selected} onSelect={onSelect} />
          <MonthsTable months={listed} currency={currency} selected={selected} onSelect={onSelect} />
          {months.length > LISTED && (
            <p className="mt-4">
              <Button onClick={() => setAll(!all)}>{all ? t("earnings.fewerMonths") : t("earnings.allMonths", { total: months.length })}</Button>
            </p>
          )}
        </>
      )}
    </Card>
  );
}

/** Oldest first, and a month without orders is a column of nothing: else time would seem to jump. */
function withoutGaps(latestFirst: readonly EarningsMonth[]): EarningsMonth[] {
  const known = new Map(latestFirst.map((month) => [month.month, month]));
  const first = latestFirst[latestFirst.length - 1];
  const last = latestFirst[0];
  if (!first || !last) return [];
  const nothing = { orders: 0, earned: "0", referrer: "0", implementer: "0", trainer: "0", clawed_back: "0", paid: "0", volume: "0" };
  return monthsBetween(first.month, last.month).map((month) => known.get(month) ?? { month, ...nothing });
}

function MonthsTable({ months, currency, selected, onSelect }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="mt-6">
      <Table label={t("earnings.months")}>
        <thead>
          <tr>
            <Head>{t("field.month")}</Head>
            <Head right>{t("field.orders")}</Head>
            {ROLES.map((role) => (
              <Head key={role} right wide>
                {t(`role.${role}`)}
              </Head>
            ))}
            <Head right>{`${t("field.earned")} (${currency})`}</Head>
            <Head right>{`${t("field.paid")} (${currency})`}</Head>
            <Head right wide>{`${t("field.volume")} (${currency})`}</Head>
          </tr>
        </thead>
        <tbody>
          {months.map((month) => (
            <tr key={month.month} className={month.month === selected ? "bg-accent-soft" : "hover:bg-sunken"}>
              <Cell>
                <button
                  type="button"
                  aria-pressed={month.month === selected}
                  aria-label={t("earnings.showMonth", { month: format.month(month.month) })}
                  onClick={() => onSelect(month.month)}
                  className="-my-1 px-1 py-1 text-left font-medium text-accent hover:underline"
                >
                  {format.month(month.month)}
                </button>
              </Cell>
              <Cell right>
                <span className="money">{format.count(month.orders)}</span>
              </Cell>
              {ROLES.map((role) => (
                <Cell key={role} right wide>
                  <span className="money text-muted">{format.amount(month[role], currency)}</span>
                </Cell>
              ))}
              <Cell right>
                <span className="money font-medium">{format.amount(month.earned, currency)}</span>
              </Cell>
              <Cell right>
                <span className="money">{format.amount(month.paid, currency)}</span>
              </Cell>
              <Cell right wide>
                <span className="money text-muted">{format.amount(month.volume, currency)}</span>
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
