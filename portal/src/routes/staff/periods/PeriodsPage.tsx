import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { periodsQuery } from "~/api/queries/finance";
import type { Period } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { type Column, DataTable } from "~/ui/DataTable";
import { Empty } from "~/ui/Empty";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { StatusBadge } from "~/ui/StatusBadge";
import { StatusLegend } from "~/ui/StatusLegend";
import { Loaded } from "../parts/Loaded";
import { Count, LINK, Moment } from "../parts/values";
import { Anchored } from "./Anchored";

function MonthCell({ row }: { row: Period }) {
  const format = useFormat();
  return (
    <Link to="/periods/$month" params={{ month: row.month }} className={LINK}>
      {format.month(row.month)}
    </Link>
  );
}

const COLUMNS: readonly Column<Period>[] = [
  { id: "month", label: "field.month", Cell: MonthCell },
  { id: "last", label: "periods.lastTransaction", Cell: ({ row }) => <Count value={row.last_transaction} />, right: true, wide: true },
  { id: "closed", label: "periods.closedAt", Cell: ({ row }) => <Moment at={row.closed_at} />, wide: true },
  { id: "checkpoint", label: "periods.checkpoint", Cell: ({ row }) => <Anchored checkpoint={row.checkpoint} />, wide: true },
  { id: "status", label: "field.status", Cell: ({ row }) => <StatusBadge kind="period" status={row.status} />, right: true },
];

/** The months of the books. */
export function PeriodsPage() {
  const { t } = useTranslation();
  const query = useQuery(periodsQuery);
  return (
    <>
      <PageHeader title={t("periods.title")}>{t("periods.lead")}</PageHeader>
      <Panel>
        <Loaded query={query}>
          {(rows) => (rows.length > 0 ? <DataTable label={t("periods.title")} columns={COLUMNS} rows={rows} /> : <Empty text={t("periods.empty")} />)}
        </Loaded>
        <StatusLegend kind="period" />
      </Panel>
    </>
  );
}
