import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { disputesQuery } from "~/api/queries/deals";
import type { Dispute } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { Listing } from "~/routes/staff/parts/Listing";
import { LINK } from "~/routes/staff/parts/values";
import { useMay, useViewer } from "~/routes/useViewer";
import type { Column } from "~/ui/DataTable";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { StatusBadge } from "~/ui/StatusBadge";
import { StatusFilter } from "~/ui/StatusFilter";
import { StatusLegend } from "~/ui/StatusLegend";
import { Clock } from "./Clock";
import { RecuseButton } from "./RecuseButton";
import type { disputesSearch } from "./routes";

function OrdersCell({ row }: { row: Dispute }) {
  return (
    <Link to="/disputes/$disputeId" params={{ disputeId: row.id }} className={LINK}>
      {row.orders.join(", ")}
    </Link>
  );
}

function RoleCell({ row }: { row: Dispute }) {
  const { t } = useTranslation();
  return <>{t(`role.${row.role}`)}</>;
}

/** The clock that runs: ours while people are heard, the chain's while a ruling can be appealed. */
export function DisputeClock({ row }: { row: Dispute }) {
  return <Clock until={row.status === "closed" ? null : (row.deadline ?? row.court_deadline)} />;
}

const COLUMNS: readonly Column<Dispute>[] = [
  { id: "orders", label: "field.order", Cell: OrdersCell },
  { id: "claimant", label: "disputes.claimant", Cell: ({ row }) => <>{row.claimant.name}</>, wide: true },
  { id: "respondent", label: "disputes.respondent", Cell: ({ row }) => <>{row.respondent.name}</>, wide: true },
  { id: "customer", label: "field.customer", Cell: ({ row }) => <>{row.customer_external_id}</>, wide: true },
  { id: "role", label: "field.role", Cell: RoleCell, wide: true },
  { id: "clock", label: "deals.clock", Cell: DisputeClock },
  { id: "status", label: "field.status", Cell: ({ row }) => <StatusBadge kind="dispute" status={row.status} />, right: true },
];

/** Disputes: a partner's own, or for the staff and arbiters all. */
export function DisputesPage() {
  const { t } = useTranslation();
  const own = useViewer().partner_id !== null;
  const rules = useMay("disputes:rule");
  const { search, filter } = useFilters<ReturnType<typeof disputesSearch>>();
  const { status } = search;
  const query = useQuery(disputesQuery(search));
  return (
    <>
      <PageHeader title={t("nav.disputes")}>{t(own ? "disputes.lead" : "disputes.staffLead")}</PageHeader>
      <Panel>
        <Listing
          label={t("nav.disputes")}
          query={query}
          columns={COLUMNS}
          empty={t("disputes.empty")}
          onClear={status && (() => filter({ status: undefined }))}
          tools={
            <>
              {own && (
                <Link to="/disputes/new" className="inline-flex h-9 items-center rounded-md bg-accent px-4 text-sm font-medium text-accent-ink">
                  {t("disputes.open")}
                </Link>
              )}
              {rules && <RecuseButton />}
              <StatusFilter kind="dispute" value={status} onSelect={(chosen) => filter({ status: chosen })} />
            </>
          }
        />
        <StatusLegend kind="dispute" />
      </Panel>
    </>
  );
}
