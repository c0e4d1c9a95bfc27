import { useQuery } from "@tanstack/react-query";
import { earningsQuery, statementsQuery } from "~/api/queries/partner";
import type { EarningsMonth, StatementMonth } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { useViewer } from "~/routes/useViewer";
import { Badge } from "~/ui/Badge";
import { Card } from "~/ui/Card";
import { Empty } from "~/ui/Empty";
import { Loading } from "~/ui/Loading";
import { Money } from "~/ui/Money";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { Cell, Head, Table } from "~/ui/Table";
import { Trouble } from "~/ui/Trouble";

/** A statement for each month: on paper, as rows, and as a file of proofs. */
export function StatementsPage() {
  const { t } = useTranslation();
  const partnerId = useViewer().partner_id ?? "";
  const statements = useQuery(statementsQuery(partnerId));
  const earnings = useQuery(earningsQuery(partnerId));
  const failed = [statements, earnings].find((query) => query.isError);
  return (
    <>
      <PageHeader title={t("statements.title")}>{t("statements.lead")}</PageHeader>
      <div className="space-y-6">
        <Panel>
          {failed && <Trouble error={failed.error} onRetry={() => void failed.refetch()} />}
          {!failed && !(statements.data && earnings.data) && <Loading lines={6} />}
          {statements.data?.length === 0 && <Empty text={t("statements.empty")} />}
          {earnings.data && statements.data && statements.data.length > 0 && (
            <Statements statements={statements.data} months={earnings.data.months} currency={earnings.data.currency} partnerId={partnerId} />
          )}
        </Panel>
        <Card title={t("statements.verify")} lead={t("statements.verifyNote")}>
          <a href="/v1/verifier" target="_blank" rel="noreferrer" className="text-sm font-medium text-accent hover:underline">
            {t("statements.verify")} ↗
          </a>
        </Card>
      </div>
    </>
  );
}

interface Props {
  statements: readonly StatementMonth[];
  months: readonly EarningsMonth[];
  currency: string;
  partnerId: string;
}

const SUMS = ["earned", "clawed_back", "paid"] as const;
const NAMES = { earned: "field.earned", clawed_back: "field.takenBack", paid: "field.paid" } as const;

function Statements({ statements, months, currency, partnerId }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const byMonth = new Map(months.map((month) => [month.month, month]));
  return (
    <Table label={t("statements.title")}>
      <thead>
        <tr>
          <Head>{t("field.month")}</Head>
          {SUMS.map((sum) => (
            <Head key={sum} right wide={sum !== "earned"}>
              {t(NAMES[sum])}
            </Head>
          ))}
          <Head wide>{t("field.status")}</Head>
          <Head>{t("statements.files")}</Head>
        </tr>
      </thead>
      <tbody>
        {statements.map(({ month, status, complete }) => (
          <tr key={month} className="hover:bg-sunken">
            <Cell>
              <span className="font-medium">{format.month(month)}</span>
            </Cell>
            {SUMS.map((sum) => (
              <Cell key={sum} right wide={sum !== "earned"}>
                <Money amount={byMonth.get(month)?.[sum] ?? "0"} currency={currency} strong={sum === "earned"} />
              </Cell>
            ))}
            <Cell wide>
              <Badge tone={status === "open" ? "wait" : "good"}>{t(complete ? `statements.${status}` : "statements.running")}</Badge>
            </Cell>
            <Cell>
              <Files month={month} partnerId={partnerId} />
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Files({ month, partnerId }: { month: string; partnerId: string }) {
  const { t, language } = useTranslation();
  const format = useFormat();
  const statement = `/v1/statements/${partnerId}/${month}`;
  const rows = (kind: string) => `/v1/exports/commissions?${new URLSearchParams({ format: kind, partner: partnerId, month }).toString()}`;
  const files = [
    { name: "pdf", href: `${statement}/pdf?language=${language === "en" ? "en" : "zh"}` },
    { name: "xlsx", href: rows("xlsx") },
    { name: "csv", href: rows("csv") },
    { name: "proofs", href: statement },
  ] as const;
  return (
    <span className="flex flex-wrap gap-x-4 gap-y-1">
      {files.map(({ name, href }) => (
        <a
          key={name}
          href={href}
          download
          aria-label={t("statements.ofMonth", { file: t(`statements.${name}`), month: format.month(month) })}
          className="whitespace-nowrap font-medium text-accent hover:underline"
        >
          {t(`statements.${name}`)}
        </a>
      ))}
    </span>
  );
}
