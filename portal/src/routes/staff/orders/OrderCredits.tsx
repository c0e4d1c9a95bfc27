import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "~/i18n/useTranslation";
import { orderQuery } from "~/api/queries/channel";
import { Loading } from "~/ui/Loading";
import { Trouble } from "~/ui/Trouble";
import { Explanation } from "~/routes/commissions/Explanation";

/** Who was credited for an order, and why so much. */
export function OrderCredits({ orderId }: { orderId: string }) {
  const { t } = useTranslation();
  const query = useQuery(orderQuery(orderId));
  if (query.isPending) return <div className="p-4"><Loading lines={3} /></div>;
  if (query.isError) return <div className="p-4"><Trouble error={query.error} onRetry={() => void query.refetch()} /></div>;
  const { commissions } = query.data;
  if (commissions.length === 0) return <p className="px-7 py-4 text-muted">{t("orders.nobody")}</p>;
  return commissions.map((commission) => (
    <div key={commission.id} className="border-b border-line last:border-0">
      <p className="px-4 pt-4 sm:px-7">
        <Link to="/partners/$partnerId" params={{ partnerId: commission.partner_id }} className="font-medium text-accent hover:underline">
          {commission.partner_name}
        </Link>
        <span className="text-muted"> · {t(`role.${commission.role}`)}</span>
      </p>
      <div className="px-4 pt-2 pb-5 sm:px-7">
        <Explanation commission={commission} />
      </div>
    </div>
  ));
}
