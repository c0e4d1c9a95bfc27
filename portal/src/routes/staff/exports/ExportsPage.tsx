import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { Card } from "~/ui/Card";
import { DayField } from "~/ui/DayField";
import { ExportMenu } from "~/ui/ExportMenu";
import { PageHeader } from "~/ui/PageHeader";
import { LINK } from "../parts/values";
import type { PostingsSearch } from "../search";

const LISTS = ["commissions", "orders", "payouts"] as const;

/** The whole books for another program, and lists of some days for a spreadsheet. */
export function ExportsPage() {
  const { t } = useTranslation();
  const { search, filter } = useFilters<PostingsSearch>();
  const { from, to } = search;
  return (
    <>
      <PageHeader title={t("nav.exports")}>{t("exports.lead")}</PageHeader>
      <div className="grid items-start gap-6 xl:grid-cols-2">
        <Card title={t("exports.lists")} lead={t("exports.listsLead")}>
          <div className="mb-4 flex flex-wrap gap-2">
            <DayField label={t("books.from")} value={from} most={to} onPick={(day) => filter({ from: day })} />
            <DayField label={t("books.to")} value={to} least={from} onPick={(day) => filter({ to: day })} />
          </div>
          <ul className="divide-y divide-line text-sm">
            {LISTS.map((list) => (
              <li key={list} className="flex items-center justify-between gap-4 py-2.5">
                <span className="font-medium">{t(`nav.${list}`)}</span>
                <ExportMenu path={`/v1/exports/${list}`} query={{ from, to }} filtered={Boolean(from ?? to)} />
              </li>
            ))}
          </ul>
        </Card>
        <Card title={t("exports.beancount")} lead={t("exports.beancountLead")}>
          <a href="/v1/exports/beancount" download className={`text-sm ${LINK}`}>
            {t("exports.download")}
          </a>
        </Card>
      </div>
    </>
  );
}
