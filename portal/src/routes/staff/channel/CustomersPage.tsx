import { useQuery } from "@tanstack/react-query";
import { customersQuery } from "~/api/queries/channel";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { SearchBox } from "~/ui/SearchBox";
import { StatusLegend } from "~/ui/StatusLegend";
import { Listing } from "../parts/Listing";
import type { FoundSearch } from "../search";
import { CUSTOMER_COLUMNS } from "./customers";

/** Customers, and who earned them. */
export function CustomersPage() {
  const { t } = useTranslation();
  const { search, filter } = useFilters<FoundSearch>();
  const query = useQuery(customersQuery(search));
  return (
    <>
      <PageHeader title={t("nav.customers")}>{t("customers.lead")}</PageHeader>
      <Panel>
        <Listing
          label={t("nav.customers")}
          query={query}
          columns={CUSTOMER_COLUMNS}
          empty={t("customers.empty")}
          onClear={search.search ? () => filter({ search: undefined }) : undefined}
          tools={<SearchBox label={t("customers.search")} value={search.search ?? ""} onSearch={(text) => filter({ search: text })} />}
        />
        <StatusLegend kind="attribution" />
      </Panel>
    </>
  );
}
