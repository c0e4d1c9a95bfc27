import { useTranslation } from "~/i18n/useTranslation";
import type { Order } from "~/api/types";
import { reasons, useCodes } from "~/i18n/codes";
import { useFormat } from "~/i18n/useFormat";
import { ExpandableRow } from "~/ui/ExpandableRow";
import { Money } from "~/ui/Money";
import { StatusBadge } from "~/ui/StatusBadge";
import { Cell, Head, Table } from "~/ui/Table";
import { OrderCredits } from "./OrderCredits";

export function OrdersTable({ orders, busy }: { orders: readonly Order[]; busy: boolean }) {
  const { t } = useTranslation();
  return (
    <Table label={t("orders.title")} busy={busy}>
      <thead>
        <tr>
          <Head>{t("field.order")}</Head>
          <Head wide>{t("field.customer")}</Head>
          <Head wide>{t("field.kind")}</Head>
          <Head wide>{t("explain.customerPaid")}</Head>
          <Head wide>{t("field.settledOn")}</Head>
          <Head right>{t("field.amount")}</Head>
          <Head right>{t("field.status")}</Head>
          <Head wide>{t("field.reason")}</Head>
        </tr>
      </thead>
      <tbody>
        {orders.map((order) => (
          <OrderRow key={order.id} order={order} />
        ))}
      </tbody>
    </Table>
  );
}

function OrderRow({ order }: { order: Order }) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useCodes();
  const cells = (
    <>
      <Cell wide>{order.customer_external_id}</Cell>
      <Cell wide>{t(`kind.${order.kind}`)}</Cell>
      <Cell wide>
        <span className="money">{format.day(order.paid_on)}</span>
      </Cell>
      <Cell wide>
        <span className="money">{order.settled_on ? format.day(order.settled_on) : "–"}</span>
      </Cell>
      <Cell right>
        <Money amount={order.base} currency={order.currency} strong />
      </Cell>
      <Cell right>
        <StatusBadge kind="order" status={order.status} />
      </Cell>
      <Cell wide>{order.reason && word(reasons, order.reason)}</Cell>
    </>
  );
  return (
    <ExpandableRow name={order.external_id} first={<span className="font-medium wrap-anywhere">{order.external_id}</span>} cells={cells} columns={8}>
      <OrderCredits orderId={order.id} />
    </ExpandableRow>
  );
}
