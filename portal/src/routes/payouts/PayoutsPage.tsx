import { useQuery } from "@tanstack/react-query";
import { payoutsQuery } from "~/api/queries/partner";
import { useTranslation } from "~/i18n/useTranslation";
import { type PayoutSearch, useFilters } from "~/routes/search";
import { useViewer } from "~/routes/useViewer";
import { ColumnPicker } from "~/ui/ColumnPicker";
import { DataTable } from "~/ui/DataTable";
import { ExportMenu } from "~/ui/ExportMenu";
import { List } from "~/ui/List";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { StatusFilter } from "~/ui/StatusFilter";
import { StatusLegend } from "~/ui/StatusLegend";
import { ALL_COLUMNS, OWN_COLUMNS } from "./columns";

/** A partner sees its own payouts, staff those of all. */
export function PayoutsPage() {
  const { t } = useTranslation();
  const partner = useViewer().partner_id ?? undefined;
  const { search, cursor, filter, move } = useFilters<PayoutSearch>();
  const query = useQuery(payoutsQuery(partner, search));
  const columns = partner ? OWN_COLUMNS : ALL_COLUMNS;
  const { status } = search;
  return (
    <>
      <PageHeader title={t("payouts.title")}>{t("payouts.lead")}</PageHeader>
      <Panel>
        <div className="mb-4 flex flex-wrap items-center gap-2">
          <StatusFilter kind="payout" value={status} onSelect={(chosen) => filter({ status: chosen })} />
          <div className="ml-auto flex gap-2">
            <ColumnPicker columns={columns} picked={search.columns} onPick={(picked) => filter({ columns: picked })} />
            <ExportMenu path="/v1/exports/payouts" query={{ partner, status }} filtered={status !== undefined} />
          </div>
        </div>
        <List query={query} cursor={cursor} onMove={move} empty={t("payouts.empty")} onClear={status && (() => filter({ status: undefined }))}>
          {(rows, busy) => <DataTable label={t("payouts.title")} columns={columns} rows={rows} busy={busy} picked={search.columns} />}
        </List>
        <StatusLegend kind="payout" />
      </Panel>
    </>
  );
}
