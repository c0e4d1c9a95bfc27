import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { partnerQuery } from "~/api/queries/channel";
import type { Partner } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { EarningsPage } from "~/routes/earnings/EarningsPage";
import { useFilters } from "~/routes/search";
import { Choice } from "~/ui/Choice";
import { PageHeader } from "~/ui/PageHeader";
import { StatusBadge } from "~/ui/StatusBadge";
import { Back } from "../parts/Back";
import { Loaded } from "../parts/Loaded";
import { PARTNER_VIEWS, type PartnerPageSearch, type PartnerView } from "../search";
import { PartnerCustomers } from "./PartnerCustomers";
import { PartnerDetails } from "./PartnerDetails";
import { PartnerPayouts } from "./PartnerPayouts";
import { PartnerStatements } from "./PartnerStatements";

const SHOWN: Record<Exclude<PartnerView, "earnings">, (props: { partner: Partner }) => React.ReactNode> = {
  payouts: PartnerPayouts,
  statements: PartnerStatements,
  customers: PartnerCustomers,
  details: PartnerDetails,
};

/** Everything about a partner, as staff see it. */
export function PartnerPage() {
  const { t } = useTranslation();
  const { partnerId } = useParams({ from: "/app/partners/$partnerId" });
  const { search, filter } = useFilters<PartnerPageSearch>();
  const view: PartnerView = search.view ?? "earnings";
  // Each view has filters of its own.
  const choose = (chosen: PartnerView) =>
    filter({ ...Object.fromEntries(Object.keys(search).map((name) => [name, undefined])), view: chosen === "earnings" ? undefined : chosen });
  return (
    <>
      <Back to="/partners" label="nav.partners" />
      <div className="mb-6 overflow-x-auto">
        <Choice label={t("partners.views")} value={view} options={PARTNER_VIEWS.map((one) => ({ value: one, label: t(`partners.view_${one}`) }))} onChoose={choose} />
      </div>
      {view === "earnings" ? <EarningsPage partnerId={partnerId} /> : <Other partnerId={partnerId} view={view} />}
    </>
  );
}

function Other({ partnerId, view }: { partnerId: string; view: keyof typeof SHOWN }) {
  const query = useQuery(partnerQuery(partnerId));
  const Shown = SHOWN[view];
  return (
    <Loaded query={query}>
      {(partner) => (
        <>
          <PageHeader title={partner.name}>
            <StatusBadge kind="partner" status={partner.status} />
          </PageHeader>
          <Shown partner={partner} />
        </>
      )}
    </Loaded>
  );
}
