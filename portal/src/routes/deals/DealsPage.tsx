import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { dealsQuery } from "~/api/queries/deals";
import type { Deal } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { Listing } from "~/routes/staff/parts/Listing";
import { LINK, Moment } from "~/routes/staff/parts/values";
import { useViewer } from "~/routes/useViewer";
import type { Column } from "~/ui/DataTable";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { StatusBadge } from "~/ui/StatusBadge";
import { StatusFilter } from "~/ui/StatusFilter";
import { StatusLegend } from "~/ui/StatusLegend";
import { Clock } from "./Clock";
import type { dealsSearch } from "./routes";

function CompanyCell({ row }: { row: Deal }) {
  return (
    <Link to="/deals/$dealId" params={{ dealId: row.id }} className={LINK}>
      {row.legal_name}
    </Link>
  );
}

/** The clock that runs: the vendor's while it has to answer, the partner's while it is protected. */
export function DealClock({ row }: { row: Deal }) {
  return <Clock until={row.status === "submitted" ? row.answer_due_at : row.status === "approved" ? row.protected_until : null} />;
}

const COLUMNS: readonly Column<Deal>[] = [
  { id: "company", label: "deals.company", Cell: CompanyCell },
  { id: "partner", label: "field.partner", Cell: ({ row }) => <>{row.partner_name}</>, wide: true },
  { id: "products", label: "deals.products", Cell: ({ row }) => <>{row.products.join(", ")}</>, wide: true },
  { id: "region", label: "deals.region", Cell: ({ row }) => <>{row.region}</>, wide: true },
  { id: "registered", label: "deals.registered", Cell: ({ row }) => <Moment at={row.registered_at} />, wide: true },
  { id: "clock", label: "deals.clock", Cell: DealClock },
  { id: "status", label: "field.status", Cell: ({ row }) => <StatusBadge kind="deal" status={row.status} />, right: true },
];

/** Who registered which customer: a partner's own, or for the staff all, with the clock of each. */
export function DealsPage() {
  const { t } = useTranslation();
  const own = useViewer().partner_id !== null;
  const { search, filter } = useFilters<ReturnType<typeof dealsSearch>>();
  const { status } = search;
  const query = useQuery(dealsQuery(search));
  return (
    <>
      <PageHeader title={t("nav.deals")}>{t(own ? "deals.lead" : "deals.staffLead")}</PageHeader>
      <Panel>
        <Listing
          label={t("nav.deals")}
          query={query}
          columns={own ? COLUMNS.filter(({ id }) => id !== "partner") : COLUMNS}
          empty={t("deals.empty")}
          onClear={status && (() => filter({ status: undefined }))}
          tools={
            <>
              {own && (
                <Link to="/deals/new" className="inline-flex h-9 items-center rounded-md bg-accent px-4 text-sm font-medium text-accent-ink">
                  {t("deals.register")}
                </Link>
              )}
              {!own && (
                <Link to="/known-companies" className={`${LINK} text-sm`}>
                  {t("companies.title")}
                </Link>
              )}
              <StatusFilter kind="deal" value={status} onSelect={(chosen) => filter({ status: chosen })} />
            </>
          }
        />
        <StatusLegend kind="deal" />
      </Panel>
    </>
  );
}
