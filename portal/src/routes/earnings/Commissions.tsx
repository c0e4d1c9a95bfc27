import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "~/i18n/useTranslation";
import { commissionsQuery } from "~/api/queries/partner";
import type { EarningsMonth } from "~/api/types";
import { Card } from "~/ui/Card";
import { List } from "~/ui/List";
import { SearchBox } from "~/ui/SearchBox";
import { StatusLegend } from "~/ui/StatusLegend";
import { type CommissionSearch, useFilters } from "~/routes/search";
import { CommissionFilters } from "~/routes/commissions/CommissionFilters";
import { CommissionsTable } from "~/routes/commissions/CommissionsTable";

const NO_FILTERS = { month: undefined, role: undefined, status: undefined, search: undefined };

/** What a partner earned, order by order, with the rule that gave each amount. */
export function Commissions({ partnerId, months }: { partnerId: string; months: EarningsMonth[] }) {
  const { t } = useTranslation();
  const { search, cursor, filter, move } = useFilters<CommissionSearch>();
  const query = useQuery(commissionsQuery(partnerId, search));
  const filtered = Boolean(search.month ?? search.role ?? search.status ?? search.search);
  return (
    <Card title={t("earnings.commissions")}>
      <div className="mb-4 flex flex-wrap gap-2">
        <SearchBox label={t("earnings.searchLabel")} value={search.search ?? ""} onSearch={(text) => filter({ search: text })} />
        <CommissionFilters search={search} months={months} onFilter={filter} />
      </div>
      <List
        query={query}
        cursor={cursor}
        onMove={move}
        empty={t("earnings.commissionsEmpty")}
        onClear={filtered ? () => filter(NO_FILTERS) : undefined}
      >
        {(rows, busy) => <CommissionsTable commissions={rows} busy={busy} />}
      </List>
      <StatusLegend kind="commission" />
    </Card>
  );
}
