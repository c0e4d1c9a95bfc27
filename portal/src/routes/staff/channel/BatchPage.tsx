import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { attemptsQuery, batchOrdersQuery, batchQuery } from "~/api/queries/channel";
import type { Attempt, Order } from "~/api/types";
import { reasons, useCodes } from "~/i18n/codes";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { Badge } from "~/ui/Badge";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import type { Column } from "~/ui/DataTable";
import { Money } from "~/ui/Money";
import { PageHeader } from "~/ui/PageHeader";
import { StatusBadge } from "~/ui/StatusBadge";
import { useStatus } from "~/ui/useStatus";
import { Back } from "../parts/Back";
import { Facts } from "../parts/Facts";
import { Listing } from "../parts/Listing";
import { Loaded } from "../parts/Loaded";
import { Count, Day, LINK, Moment } from "../parts/values";
import type { ListSearch } from "../search";

/** A batch: its transaction with every attempt, and its orders. */
export function BatchPage() {
  const { t } = useTranslation();
  const words = useStatus("batch");
  const { batchId } = useParams({ from: "/app/batches/$batchId" });
  const query = useQuery(batchQuery(batchId));
  const attempts = useQuery(attemptsQuery(batchId));
  return (
    <>
      <Back to="/batches" label="nav.batches" />
      <Loaded query={query}>
        {(batch) => (
          <>
            <PageHeader title={t("batches.titleOf", { number: batch.number })}>
              <StatusBadge kind="batch" status={batch.status} /> {words(batch.status).next}
            </PageHeader>
            <div className="space-y-6">
              <div className="grid items-start gap-6 xl:grid-cols-2">
                <Card title={t("batches.onChain")}>
                  <Facts
                    facts={{
                      [t("field.settledOn")]: <Day day={batch.settled_on} />,
                      [t("field.orders")]: <Count value={batch.orders} />,
                      [t("field.skipped")]: <Count value={batch.skipped} />,
                      [t("field.block")]: <Count value={batch.block_number} />,
                      [t("batches.gasUsed")]: <Count value={batch.gas_used} />,
                      [t("field.gas")]: <Count value={batch.gas_per_order} />,
                      [t("field.transaction")]: batch.transaction_hash && <Copyable value={batch.transaction_hash} what={t("field.transaction")} />,
                      [t("field.root")]: batch.root && <Copyable value={batch.root} what={t("field.root")} />,
                    }}
                  />
                </Card>
                <Card title={t("batches.attempts")} lead={t("batches.attemptsLead")}>
                  <Loaded query={attempts}>{(rows) => <Attempts attempts={rows} />}</Loaded>
                </Card>
              </div>
              <Card title={t("nav.orders")}>
                <Orders batchId={batch.id} />
              </Card>
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}

function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  const { t } = useTranslation();
  if (attempts.length === 0) return <p className="text-sm text-muted">{t("batches.notSigned")}</p>;
  return (
    <ol className="space-y-3 text-sm">
      {attempts.map((attempt) => (
        <li key={attempt.transaction_hash}>
          <span className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
            <Badge tone={attempt.mined ? "good" : "quiet"}>{t(attempt.mined ? "batches.mined" : "batches.notMined")}</Badge>
            <Moment at={attempt.signed_at} />
            <span className="text-muted">{t("batches.fee", { nonce: attempt.nonce, fee: attempt.max_fee })}</span>
          </span>
          <Copyable value={attempt.transaction_hash} what={t("field.transaction")} />
        </li>
      ))}
    </ol>
  );
}

function OrderCell({ row }: { row: Order }) {
  return (
    <Link to="/orders/$orderId" params={{ orderId: row.id }} className={LINK}>
      {row.external_id}
    </Link>
  );
}

function StateCell({ row }: { row: Order }) {
  const word = useCodes();
  return (
    <>
      <StatusBadge kind="order" status={row.status} />
      {row.reason && <span className="mt-1 block text-xs text-muted">{word(reasons, row.reason)}</span>}
    </>
  );
}

const COLUMNS: readonly Column<Order>[] = [
  { id: "order", label: "field.order", Cell: OrderCell },
  { id: "customer", label: "field.customer", Cell: ({ row }) => row.customer_external_id, wide: true },
  { id: "paid", label: "explain.customerPaid", Cell: ({ row }) => <Day day={row.paid_on} />, wide: true },
  { id: "amount", label: "field.amount", Cell: ({ row }) => <Money amount={row.base} currency={row.currency} strong />, right: true },
  { id: "status", label: "field.status", Cell: StateCell, right: true },
];

function Orders({ batchId }: { batchId: string }) {
  const { t } = useTranslation();
  const { cursor } = useFilters<ListSearch>();
  const query = useQuery(batchOrdersQuery(batchId, cursor));
  return <Listing label={t("nav.orders")} query={query} columns={COLUMNS} empty={t("batches.noOrders")} />;
}
