import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "~/i18n/useTranslation";
import { ordersQuery } from "~/api/queries/channel";
import { List } from "~/ui/List";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { SearchBox } from "~/ui/SearchBox";
import { StatusFilter } from "~/ui/StatusFilter";
import { StatusLegend } from "~/ui/StatusLegend";
import { type OrderSearch, useFilters } from "~/routes/search";
import { OrdersTable } from "./OrdersTable";

export function OrdersPage() {
  const { t } = useTranslation();
  const { search, cursor, filter, move } = useFilters<OrderSearch>();
  const query = useQuery(ordersQuery(search));
  const filtered = Boolean(search.status ?? search.search);
  return (
    <>
      <PageHeader title={t("orders.title")} />
      <Panel>
        <div className="mb-4 flex flex-wrap gap-2">
          <SearchBox label={t("orders.searchLabel")} value={search.search ?? ""} onSearch={(text) => filter({ search: text })} />
          <StatusFilter kind="order" value={search.status} onSelect={(status) => filter({ status })} />
        </div>
        <List
          query={query}
          cursor={cursor}
          onMove={move}
          empty={t("orders.empty")}
          onClear={filtered ? () => filter({ status: undefined, search: undefined }) : undefined}
        >
          {(rows, busy) => <OrdersTable orders={rows} busy={busy} />}
        </List>
        <StatusLegend kind="order" />
      </Panel>
    </>
  );
}
