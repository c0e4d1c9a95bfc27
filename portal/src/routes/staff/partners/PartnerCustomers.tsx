import { useQuery } from "@tanstack/react-query";
import { customersQuery } from "~/api/queries/channel";
import type { Partner } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { Panel } from "~/ui/Panel";
import { CUSTOMER_COLUMNS } from "../channel/customers";
import { Listing } from "../parts/Listing";
import type { ListSearch } from "../search";

/** Customers that were ever attributed to a partner. */
export function PartnerCustomers({ partner }: { partner: Partner }) {
  const { t } = useTranslation();
  const { cursor } = useFilters<ListSearch>();
  const query = useQuery(customersQuery({ partner: partner.id, ...cursor }));
  return (
    <Panel>
      <Listing label={t("nav.customers")} query={query} columns={CUSTOMER_COLUMNS} empty={t("customers.noneOfPartner")} />
    </Panel>
  );
}
