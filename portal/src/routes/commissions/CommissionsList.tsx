import { useQuery } from "@tanstack/react-query";
import { commissionQuery, commissionsQuery } from "~/api/queries/partner";
import { useTranslation } from "~/i18n/useTranslation";
import { type CommissionSearch, useFilters } from "~/routes/search";
import { ColumnPicker } from "~/ui/ColumnPicker";
import { DataTable } from "~/ui/DataTable";
import { ExportMenu } from "~/ui/ExportMenu";
import { List } from "~/ui/List";
import { SearchBox } from "~/ui/SearchBox";
import { StatusLegend } from "~/ui/StatusLegend";
import { COMMISSION_COLUMNS } from "./columns";
import { CommissionFilters } from "./CommissionFilters";

const NO_FILTERS = {
  month: undefined,
  role: undefined,
  status: undefined,
  search: undefined,
  customer: undefined,
  from: undefined,
  to: undefined,
  timezone: undefined,
};

/** What a partner earned, order by order; the address holds the filters, the order and the columns. */
export function CommissionsList({ partnerId }: { partnerId: string }) {
  const { t } = useTranslation();
  const { search, cursor, filter, move } = useFilters<CommissionSearch>();
  const query = useQuery(commissionsQuery(partnerId, search));
  const filters = commissionQuery(search);
  const filtered = Object.keys(filters).length > 0;
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <SearchBox label={t("earnings.searchLabel")} value={search.search ?? ""} onSearch={(text) => filter({ search: text })} />
        <CommissionFilters search={search} onFilter={filter} />
        <div className="ml-auto flex gap-2">
          <ColumnPicker columns={COMMISSION_COLUMNS} picked={search.columns} onPick={(columns) => filter({ columns })} />
          <ExportMenu path="/v1/exports/commissions" query={{ partner: partnerId, ...filters }} filtered={filtered} />
        </div>
      </div>
      <List query={query} cursor={cursor} onMove={move} empty={t("earnings.commissionsEmpty")} onClear={filtered ? () => filter(NO_FILTERS) : undefined}>
        {(rows, busy) => (
          <DataTable
            label={t("field.commissions")}
            columns={COMMISSION_COLUMNS}
            rows={rows}
            busy={busy}
            picked={search.columns}
            sort={search.sort ?? "-settled_on"}
            onSort={(sort) => filter({ sort: sort === "settled_on" ? sort : undefined })}
          />
        )}
      </List>
      <StatusLegend kind="commission" />
    </>
  );
}
