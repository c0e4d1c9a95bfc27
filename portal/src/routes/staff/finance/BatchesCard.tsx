import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "~/i18n/useTranslation";
import { batchesQuery } from "~/api/queries/finance";
import type { Batch } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { ExpandableRow } from "~/ui/ExpandableRow";
import { List } from "~/ui/List";
import { StatusBadge } from "~/ui/StatusBadge";
import { StatusLegend } from "~/ui/StatusLegend";
import { Cell, Head, Table } from "~/ui/Table";
import { useFinancePlace } from "./useFinancePlace";

export function BatchesCard() {
  const { t } = useTranslation();
  const { cursor, move } = useFinancePlace("batches");
  const query = useQuery(batchesQuery(cursor));
  return (
    <Card title={t("finance.batches")}>
      <List query={query} cursor={cursor} onMove={move} empty={t("finance.batchesEmpty")}>
        {(rows, busy) => <BatchesTable batches={rows} busy={busy} />}
      </List>
      <StatusLegend kind="batch" />
    </Card>
  );
}

function BatchesTable({ batches, busy }: { batches: readonly Batch[]; busy: boolean }) {
  const { t } = useTranslation();
  return (
    <Table label={t("finance.batches")} busy={busy}>
      <thead>
        <tr>
          <Head>{t("field.batch")}</Head>
          <Head>{t("field.settledOn")}</Head>
          <Head right>{t("field.orders")}</Head>
          <Head right wide>
            {t("field.skipped")}
          </Head>
          <Head right wide>
            {t("field.gas")}
          </Head>
          <Head right wide>
            {t("field.block")}
          </Head>
          <Head right>{t("field.status")}</Head>
        </tr>
      </thead>
      <tbody>
        {batches.map((batch) => (
          <BatchRow key={batch.id} batch={batch} />
        ))}
      </tbody>
    </Table>
  );
}

function BatchRow({ batch }: { batch: Batch }) {
  const { t } = useTranslation();
  const format = useFormat();
  const count = (value: number | null) => <span className="money">{value === null ? "–" : format.count(value)}</span>;
  const cells = (
    <>
      <Cell>
        <span className="money">{batch.settled_on ? format.day(batch.settled_on) : "–"}</span>
      </Cell>
      <Cell right>{count(batch.orders)}</Cell>
      <Cell right wide>
        {count(batch.skipped)}
      </Cell>
      <Cell right wide>
        {count(batch.gas_per_order)}
      </Cell>
      <Cell right wide>
        {count(batch.block_number)}
      </Cell>
      <Cell right>
        <StatusBadge kind="batch" status={batch.status} />
      </Cell>
    </>
  );
  return (
    <ExpandableRow name={`${t("field.batch")} ${batch.number}`} first={<span className="money font-medium">{batch.number}</span>} cells={cells} columns={7}>
      <dl className="grid max-w-3xl gap-x-6 gap-y-1 px-4 py-4 sm:grid-cols-[9rem_1fr] sm:px-7">
        <Hash name={t("field.transaction")} value={batch.transaction_hash} />
        <Hash name={t("field.root")} value={batch.root} />
      </dl>
    </ExpandableRow>
  );
}

function Hash({ name, value }: { name: string; value: string | null }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{value ? <Copyable value={value} what={name} /> : "–"}</dd>
    </>
  );
}
