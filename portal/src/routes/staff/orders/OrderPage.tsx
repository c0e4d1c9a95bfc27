import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { orderQuery } from "~/api/queries/channel";
import { reasons, useCodes } from "~/i18n/codes";
import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { Money } from "~/ui/Money";
import { PageHeader } from "~/ui/PageHeader";
import { StatusBadge } from "~/ui/StatusBadge";
import { Back } from "../parts/Back";
import { Facts } from "../parts/Facts";
import { Loaded } from "../parts/Loaded";
import { Day, LINK } from "../parts/values";
import { OrderCredits } from "./OrderCredits";

/** An order, and who was credited for it; each share leads to the explanation of its amount. */
export function OrderPage() {
  const { t } = useTranslation();
  const word = useCodes();
  const { orderId } = useParams({ from: "/app/orders/$orderId" });
  const query = useQuery(orderQuery(orderId));
  return (
    <>
      <Back to="/orders" label="nav.orders" />
      <Loaded query={query}>
        {(order) => (
          <>
            <PageHeader title={order.external_id}>
              <StatusBadge kind="order" status={order.status} />
            </PageHeader>
            <div className="space-y-6">
              <Card title={t("orders.facts")}>
                <Facts
                  facts={{
                    [t("field.amount")]: <Money amount={order.base} currency={order.currency} strong />,
                    [t("field.customer")]: (
                      <Link to="/customers" search={{ search: order.customer_external_id }} className={LINK}>
                        {order.customer_external_id}
                      </Link>
                    ),
                    [t("field.kind")]: t(`kind.${order.kind}`),
                    [t("explain.customerPaid")]: <Day day={order.paid_on} />,
                    [t("field.settledOn")]: <Day day={order.settled_on} />,
                    [t("field.reason")]: order.reason && word(reasons, order.reason),
                    [t("field.source")]: order.source,
                    [t("field.batch")]: order.batch_id && (
                      <Link to="/batches/$batchId" params={{ batchId: order.batch_id }} className={LINK}>
                        {t("orders.batch")}
                      </Link>
                    ),
                  }}
                />
              </Card>
              <Card title={t("field.commissions")}>
                <OrderCredits orderId={order.id} />
              </Card>
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}
