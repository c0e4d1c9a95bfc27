import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { earningsQuery } from "~/api/queries/partner";
import { useTranslation } from "~/i18n/useTranslation";
import { CommissionsList } from "~/routes/commissions/CommissionsList";
import { type CommissionSearch, useFilters } from "~/routes/search";
import { Card } from "~/ui/Card";
import { Loading } from "~/ui/Loading";
import { PageHeader } from "~/ui/PageHeader";
import { Trouble } from "~/ui/Trouble";
import { AsOf } from "./AsOf";
import { Figures } from "./Figures";
import { Months } from "./Months";

/** What a partner earned, month by month and order by order, as staff see it. */
export function EarningsPage({ partnerId }: { partnerId: string }) {
  const { t } = useTranslation();
  const query = useQuery(earningsQuery(partnerId));
  const { search, filter } = useFilters<CommissionSearch>();
  const commissions = useRef<HTMLDivElement>(null);

  if (query.isPending) return <Loading lines={8} />;
  if (query.isError) return <Trouble error={query.error} onRetry={() => void query.refetch()} />;

  const selectMonth = (month: string) => {
    filter({ month: month === search.month ? undefined : month });
    if (month !== search.month) commissions.current?.scrollIntoView({ block: "start" });
  };

  const earnings = query.data;
  return (
    <>
      <PageHeader title={t("earnings.titleOf", { name: earnings.partner.name })}>
        <AsOf asOf={earnings.as_of} />
      </PageHeader>
      <div className="space-y-6">
        <Figures earnings={earnings} />
        <Months months={earnings.months} currency={earnings.currency} selected={search.month} onSelect={selectMonth} />
        <div ref={commissions} className="scroll-mt-4">
          <Card title={t("earnings.commissions")}>
            <CommissionsList partnerId={partnerId} />
          </Card>
        </div>
      </div>
    </>
  );
}
