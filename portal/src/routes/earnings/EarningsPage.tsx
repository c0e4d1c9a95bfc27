import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "~/i18n/useTranslation";
import { earningsQuery } from "~/api/queries/partner";
import type { Earnings } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { Loading } from "~/ui/Loading";
import { PageHeader } from "~/ui/PageHeader";
import { Trouble } from "~/ui/Trouble";
import { type CommissionSearch, useFilters } from "~/routes/search";
import { Commissions } from "./Commissions";
import { Figures } from "./Figures";
import { Months } from "./Months";

/** What a partner earned, and why. */
export function EarningsPage({ partnerId, title }: { partnerId: string; title: (name: string) => string }) {
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
      <PageHeader title={title(earnings.partner.name)}>
        <AsOf asOf={earnings.as_of} />
      </PageHeader>
      <div className="space-y-6">
        <Figures earnings={earnings} />
        <Months months={earnings.months} currency={earnings.currency} selected={search.month} onSelect={selectMonth} />
        <div ref={commissions} className="scroll-mt-4">
          <Commissions partnerId={partnerId} months={earnings.months} />
        </div>
      </div>
    </>
  );
}

function AsOf({ asOf }: { asOf: Earnings["as_of"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return t("earnings.asOf", {
    block: format.count(asOf.block_number),
    time: asOf.block_time ? format.time(asOf.block_time) : "–",
    final: format.count(asOf.finalized_block),
  });
}
