import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { oneCommissionQuery } from "~/api/queries/partner";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { useViewer } from "~/routes/useViewer";
import { Card } from "~/ui/Card";
import { Loading } from "~/ui/Loading";
import { PageHeader } from "~/ui/PageHeader";
import { StatusBadge } from "~/ui/StatusBadge";
import { Trouble } from "~/ui/Trouble";
import { useStatus } from "~/ui/useStatus";
import { Explanation } from "./Explanation";
import { Proof } from "./Proof";
import { Timeline } from "./Timeline";

/** One share in one order: how the amount came about, what happened to it, and the proof. */
export function CommissionPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useStatus("commission");
  const { commissionId } = useParams({ from: "/app/commissions/$commissionId" });
  const query = useQuery(oneCommissionQuery(commissionId));
  const own = useViewer().partner_id !== null;

  if (query.isPending) return <Loading lines={8} />;
  if (query.isError) return <Trouble error={query.error} onRetry={() => void query.refetch()} />;
  const commission = query.data;
  return (
    <>
      {own && (
        <Link to="/commissions" className="mb-3 inline-block text-sm font-medium text-accent hover:underline">
          ← {t("commission.back")}
        </Link>
      )}
      <PageHeader title={t("commission.title", { order: commission.order_external_id })}>
        <span className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <StatusBadge kind="commission" status={commission.status} />
          <span>
            {own ? "" : `${commission.partner_name} · `}
            {t(`role.${commission.role}`)} · {commission.customer_external_id} · {format.money(commission.amount, commission.currency)}
          </span>
          <span className="w-full">{words(commission.status).next}</span>
        </span>
      </PageHeader>
      <div className="space-y-6">
        <Card title={t("explain.title")}>
          <Explanation commission={commission} />
        </Card>
        <Timeline commission={commission} />
        <Proof commission={commission} />
        {own && (
          <Link to="/disputes/new" search={{ order: commission.order_external_id }} className="inline-block text-sm font-medium text-accent hover:underline">
            {t("commission.dispute")}
          </Link>
        )}
      </div>
    </>
  );
}
