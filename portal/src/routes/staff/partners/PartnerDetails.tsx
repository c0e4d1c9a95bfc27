import { useQuery, useQueryClient } from "@tanstack/react-query";
import { verifyPayoutDetails } from "~/api/queries/finance";
import { payoutDetailsQuery } from "~/api/queries/partner";
import type { Partner, PayoutDetails } from "~/api/types";
import { documents, partnerTypes, useCodes } from "~/i18n/codes";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { useMay } from "~/routes/useViewer";
import { Badge } from "~/ui/Badge";
import { Card } from "~/ui/Card";
import { Empty } from "~/ui/Empty";
import { Money } from "~/ui/Money";
import { Confirm } from "../parts/Confirm";
import { Facts } from "../parts/Facts";
import { Loaded } from "../parts/Loaded";
import { Code, Moment } from "../parts/values";

const SUMS = ["earned", "paid", "held", "available", "debt"] as const;

/** Who a partner is, and where they are paid. */
export function PartnerDetails({ partner }: { partner: Partner }) {
  const { t } = useTranslation();
  const word = useCodes();
  const query = useQuery(payoutDetailsQuery(partner.id));
  return (
    <div className="grid items-start gap-6 xl:grid-cols-2">
      <Card title={t("field.partner")}>
        <Facts
          facts={{
            [t("partners.id")]: <Code text={partner.external_id} />,
            [t("partners.type")]: word(partnerTypes, partner.type),
            [t("field.country")]: partner.country,
            ...Object.fromEntries(SUMS.map((sum) => [t(`field.${sum}`), <Money key={sum} amount={partner[sum]} currency={partner.currency} />])),
          }}
        />
      </Card>
      <Card title={t("partners.bank")} lead={t("partners.bankLead")}>
        <Loaded query={query}>{(details) => <Bank details={details} />}</Loaded>
      </Card>
    </div>
  );
}

function Bank({ details }: { details: PayoutDetails }) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useCodes();
  const writes = useMay("books:write");
  const queryClient = useQueryClient();
  const verify = () => verifyPayoutDetails(details.partner_id).then(() => queryClient.invalidateQueries({ queryKey: ["payout-details"] }));
  if (details.account_hint === null) return <Empty text={t("partners.noBank")} />;
  return (
    <>
      <Facts
        facts={{
          [t("field.account")]: <Code text={details.account_hint} />,
          [t("field.country")]: details.country,
          [t("partners.type")]: details.payee_type && word(partnerTypes, details.payee_type),
          [t("partners.changed")]: details.changed_at && <Moment at={details.changed_at} />,
          [t("field.status")]: <Badge tone={details.verified ? "good" : "wait"}>{t(details.verified ? "partners.verified" : "partners.unverified")}</Badge>,
          ...Object.fromEntries(
            details.documents.map(({ kind, number, expires_on: until }) => [
              word(documents, kind),
              <span key={kind}>
                {number} {until && <span className="text-muted">{t("partners.until", { day: format.day(until) })}</span>}
              </span>,
            ]),
          ),
        }}
      />
      {writes && !details.verified && (
        <div className="mt-4">
          <Confirm label={t("partners.verify")} run={verify}>
            {t("partners.verifySure")}
          </Confirm>
        </div>
      )}
    </>
  );
}
