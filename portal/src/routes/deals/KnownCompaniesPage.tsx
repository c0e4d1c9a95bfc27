import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { companiesQuery, removeCompany } from "~/api/queries/deals";
import type { KnownCompany } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { Back } from "~/routes/staff/parts/Back";
import { Confirm } from "~/routes/staff/parts/Confirm";
import { Listing } from "~/routes/staff/parts/Listing";
import { Code, Day, LINK, NOTHING } from "~/routes/staff/parts/values";
import { useMay } from "~/routes/useViewer";
import type { Column } from "~/ui/DataTable";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { CompanyButton } from "./CompanyButton";
import type { companiesSearch } from "./routes";

function NameCell({ row }: { row: KnownCompany }) {
  return (
    <span id={row.id} className="font-medium wrap-anywhere">
      {row.legal_name}
    </span>
  );
}

function DirectCell({ row }: { row: KnownCompany }) {
  const { t } = useTranslation();
  return <>{t(row.direct_only ? "companies.yes" : "companies.no")}</>;
}

function CustomerCell({ row }: { row: KnownCompany }) {
  if (row.customer_id === null) return <>{NOTHING}</>;
  return (
    <Link to="/customers" search={{ search: row.customer_id }} className={LINK}>
      {row.customer_id}
    </Link>
  );
}

function RemoveCell({ row }: { row: KnownCompany }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  return (
    <Confirm label={t("companies.remove")} describedBy={row.id} run={() => removeCompany(row.id).then(() => queryClient.invalidateQueries({ queryKey: ["known-companies"] }))}>
      {t("companies.removeSure", { name: row.legal_name })}
    </Confirm>
  );
}

const COLUMNS: readonly Column<KnownCompany>[] = [
  { id: "name", label: "companies.name", Cell: NameCell },
  { id: "country", label: "field.country", Cell: ({ row }) => <>{row.country}</>, wide: true },
  { id: "domain", label: "companies.domain", Cell: ({ row }) => <span className="wrap-anywhere">{row.domain ?? NOTHING}</span>, wide: true },
  { id: "code", label: "companies.creditCode", Cell: ({ row }) => <Code text={row.credit_code} />, wide: true },
  { id: "direct", label: "companies.directOnly", Cell: DirectCell },
  { id: "contacted", label: "companies.contacted", Cell: ({ row }) => <Day day={row.contacted_on} />, wide: true },
  { id: "customer", label: "companies.customer", Cell: CustomerCell, wide: true },
];
const WITH_STEPS: readonly Column<KnownCompany>[] = [...COLUMNS, { id: "steps", label: "companies.steps", Cell: RemoveCell, right: true }];

/** Companies that the vendor is in touch with itself; channel operations write them down, the staff looks. */
export function KnownCompaniesPage() {
  const { t } = useTranslation();
  const writes = useMay("channel:write");
  const { cursor } = useFilters<ReturnType<typeof companiesSearch>>();
  const query = useQuery(companiesQuery(cursor));
  return (
    <>
      <Back to="/deals" label="nav.deals" />
      <PageHeader title={t("companies.title")}>{t("companies.lead")}</PageHeader>
      <Panel>
        <Listing label={t("companies.title")} query={query} columns={writes ? WITH_STEPS : COLUMNS} empty={t("companies.empty")} tools={writes && <CompanyButton />} />
      </Panel>
    </>
  );
}
