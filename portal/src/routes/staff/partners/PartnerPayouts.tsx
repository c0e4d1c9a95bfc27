import { useQuery } from "@tanstack/react-query";
import { exclusionsQuery, payoutsQuery } from "~/api/queries/partner";
import type { Partner } from "~/api/types";
import { useExclusion } from "~/i18n/codes";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { OWN_COLUMNS } from "~/routes/payouts/columns";
import { useFilters } from "~/routes/search";
import { Notice } from "~/ui/Notice";
import { Panel } from "~/ui/Panel";
import { StatusLegend } from "~/ui/StatusLegend";
import { Listing } from "../parts/Listing";
import type { ListSearch } from "../search";

/** What was paid to a partner, and why the newest run that left them out did. */
export function PartnerPayouts({ partner }: { partner: Partner }) {
  const { t } = useTranslation();
  const format = useFormat();
  const exclusion = useExclusion();
  const { cursor } = useFilters<ListSearch>();
  const query = useQuery(payoutsQuery(partner.id, cursor));
  const leftOut = useQuery(exclusionsQuery(partner.id)).data?.data[0];
  return (
    <Panel>
      {leftOut && (
        <div className="mb-4">
          <Notice tone="wait" title={t("partners.leftOut", { day: format.day(leftOut.pays_on) })}>
            {exclusion(leftOut.reason)}
          </Notice>
        </div>
      )}
      <Listing label={t("nav.payouts")} query={query} columns={OWN_COLUMNS} empty={t("payouts.empty")} />
      <StatusLegend kind="payout" />
    </Panel>
  );
}
