import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Report, REPORT_FORMATS, reportFile, reportQuery } from "~/api/queries/compliance";
import { monthsBetween, today } from "~/i18n/dates";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { Money } from "~/ui/Money";
import { Notice } from "~/ui/Notice";
import { PageHeader } from "~/ui/PageHeader";
import { Facts } from "../parts/Facts";
import { Loaded } from "../parts/Loaded";
import { SelectField } from "../parts/SelectField";
import { Count, LINK } from "../parts/values";
import { ByRule, Checks, Published } from "./ReportTables";
import type { reportSearch } from "./routes";

const YEARS = 3;

/** This month and those before it, the newest first; and the one that an address names. */
function monthsTo(now: string, chosen: string): string[] {
  const month = now.slice(0, 7);
  const first = `${Number(now.slice(0, 4)) - YEARS}${month.slice(4)}`;
  const months = monthsBetween(first, month).toReversed();
  return months.includes(chosen) ? months : [chosen, ...months];
}

/** A month of compliance: what was checked, stopped and let pass. */
export function ReportPage() {
  const { t, language } = useTranslation();
  const format = useFormat();
  const { search, filter } = useFilters<ReturnType<typeof reportSearch>>();
  const now = today();
  const month = search.month ?? now.slice(0, 7);
  const query = useQuery(reportQuery(month));
  return (
    <>
      <PageHeader title={t("nav.report")}>
        <p className="max-w-prose">{t("report.lead")}</p>
      </PageHeader>
      <div className="mb-6 flex flex-wrap items-end gap-x-6 gap-y-3">
        <div className="w-56">
          <SelectField label={t("report.month")} value={month} options={monthsTo(now, month).map((value) => ({ value, label: format.month(value) }))} onChange={(chosen) => filter({ month: chosen })} />
        </div>
        {REPORT_FORMATS.map((one) => (
          <a key={one} href={reportFile(month, one, language === "en" ? "en" : "zh")} download className="inline-flex min-h-10 items-center rounded-md border border-line bg-surface px-3.5 py-1.5 text-sm font-medium hover:bg-sunken">
            {t(`report.${one}`)}
          </a>
        ))}
      </div>
      <Loaded query={query}>{(report) => <Shown report={report} />}</Loaded>
    </>
  );
}

const FIGURES = ["opened", "closed", "stopping", "overridden", "upheld"] as const;

function Shown({ report }: { report: Report }) {
  const { t } = useTranslation();
  return (
    <div className="space-y-6">
      {!report.complete && <Notice tone="quiet">{t("report.going")}</Notice>}
      <Card title={t("report.figures")} lead={t("report.figuresLead")}>
        <dl className="grid grid-cols-2 gap-4 sm:grid-cols-3 lg:grid-cols-5">
          {FIGURES.map((name) => (
            <div key={name}>
              <dt className="text-sm text-muted">{t(`report.${name}`)}</dt>
              <dd className="mt-1 text-2xl tracking-tight">
                <Count value={report.findings[name]} />
              </dd>
            </div>
          ))}
        </dl>
      </Card>
      <Card title={t("report.checks")}>
        <Checks checks={report.checks} />
      </Card>
      <Card title={t("report.byRule")}>
        <ByRule rules={report.by_rule} />
      </Card>
      <Card title={t("report.published")}>
        <Published versions={report.rules_published} />
      </Card>
      <div className="grid items-start gap-6 xl:grid-cols-2">
        <Anchored report={report} />
        {report.deductibility && <Deductibility found={report.deductibility} />}
      </div>
    </div>
  );
}

function Anchored({ report: { month, sha256, anchor } }: { report: Report }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Card title={t("report.record")} lead={anchor ? undefined : t("report.anchorNone")}>
      <Facts
        facts={{
          [t("report.recordHash")]: <Copyable value={sha256} what={t("report.recordHash")} />,
          [t("report.root")]: anchor && <Copyable value={anchor.root} what={t("report.root")} />,
          [t("report.place")]: anchor && t("report.placeOf", { index: anchor.index + 1, size: anchor.size, revision: anchor.revision }),
          [t("field.transaction")]: anchor?.transaction_hash && <Copyable value={anchor.transaction_hash} what={t("field.transaction")} />,
          [t("field.month")]: (
            <Link to="/periods/$month" params={{ month }} className={LINK}>
              {format.month(month)}
            </Link>
          ),
        }}
      />
    </Card>
  );
}

function Deductibility({ found }: { found: NonNullable<Report["deductibility"]> }) {
  const { t } = useTranslation();
  const money = (amount: string) => <Money amount={amount} currency={found.currency} />;
  return (
    <Card title={t("report.deductibility")} lead={t("report.deductibilityLead")}>
      <Facts
        facts={{
          [t("report.contracts")]: <Count value={found.contracts} />,
          [t("report.revenue")]: money(found.revenue),
          [t("report.commission")]: money(found.commission),
          [t("report.deductible")]: money(found.deductible),
          [t("report.notDeductible")]: money(found.not_deductible),
        }}
      />
    </Card>
  );
}
