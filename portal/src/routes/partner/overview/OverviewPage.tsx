import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { earningsQuery } from "~/api/queries/partner";
import { useTranslation } from "~/i18n/useTranslation";
import { AsOf } from "~/routes/earnings/AsOf";
import { Figures } from "~/routes/earnings/Figures";
import { Months } from "~/routes/earnings/Months";
import { useViewer } from "~/routes/useViewer";
import { Loading } from "~/ui/Loading";
import { PageHeader } from "~/ui/PageHeader";
import { Trouble } from "~/ui/Trouble";
import { Needs } from "./Needs";
import { Recent } from "./Recent";
import { Tiers } from "./Tiers";
import { WhatIf } from "./WhatIf";

/** What a partner comes for: what is due when, what to do, and how to earn more. */
export function OverviewPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const partnerId = useViewer().partner_id ?? "";
  const query = useQuery(earningsQuery(partnerId));

  if (query.isPending) return <Loading lines={8} />;
  if (query.isError) return <Trouble error={query.error} onRetry={() => void query.refetch()} />;
  const earnings = query.data;
  return (
    <>
      <PageHeader title={t("overview.title")}>
        <AsOf asOf={earnings.as_of} />
      </PageHeader>
      <div className="space-y-6">
        <Figures earnings={earnings} />
        <Needs partnerId={partnerId} />
        <Tiers partnerId={partnerId} />
        {earnings.months.some(({ orders }) => orders > 0) && <WhatIf partnerId={partnerId} />}
        <Months
          months={earnings.months}
          currency={earnings.currency}
          selected={undefined}
          onSelect={(month) => void navigate({ to: "/commissions", search: { month } })}
        />
        <Recent partnerId={partnerId} />
      </div>
    </>
  );
}
