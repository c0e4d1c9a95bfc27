import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { batchesQuery } from "~/api/queries/channel";
import type { Batch } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { Copyable } from "~/ui/Copyable";
import type { Column } from "~/ui/DataTable";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { StatusBadge } from "~/ui/StatusBadge";
import { StatusLegend } from "~/ui/StatusLegend";
import { Listing } from "../parts/Listing";
import { Count, Day, LINK, NOTHING } from "../parts/values";
import type { ListSearch } from "../search";

function NumberCell({ row }: { row: Batch }) {
  return (
    <Link to="/batches/$batchId" params={{ batchId: row.id }} className={`money ${LINK}`}>
      {row.number}
    </Link>
  );
}

function HashCell({ row }: { row: Batch }) {
  const { t } = useTranslation();
  if (!row.transaction_hash) return NOTHING;
  return (
    <div className="max-w-44">
      <Copyable value={row.transaction_hash} what={t("field.transaction")} />
    </div>
  );
}

const COLUMNS: readonly Column<Batch>[] = [
  { id: "batch", label: "field.batch", Cell: NumberCell },
  { id: "settled", label: "field.settledOn", Cell: ({ row }) => <Day day={row.settled_on} /> },
  { id: "orders", label: "field.orders", Cell: ({ row }) => <Count value={row.orders} />, right: true },
  { id: "skipped", label: "field.skipped", Cell: ({ row }) => <Count value={row.skipped} />, right: true, wide: true },
  { id: "gas", label: "field.gas", Cell: ({ row }) => <Count value={row.gas_per_order} />, right: true, wide: true },
  { id: "block", label: "field.block", Cell: ({ row }) => <Count value={row.block_number} />, right: true, wide: true },
  { id: "transaction", label: "field.transaction", Cell: HashCell, wide: true },
  { id: "status", label: "field.status", Cell: ({ row }) => <StatusBadge kind="batch" status={row.status} />, right: true },
];

/** Orders go on chain in batches, one transaction each. */
export function BatchesPage() {
  const { t } = useTranslation();
  const { cursor } = useFilters<ListSearch>();
  const query = useQuery(batchesQuery(cursor));
  return (
    <>
      <PageHeader title={t("nav.batches")}>{t("batches.lead")}</PageHeader>
      <Panel>
        <Listing label={t("nav.batches")} query={query} columns={COLUMNS} empty={t("batches.empty")} />
        <StatusLegend kind="batch" />
      </Panel>
    </>
  );
}
