import type { Partner } from "~/api/types";
import { partnerTypes, useCodes } from "~/i18n/codes";
import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { Money } from "~/ui/Money";
import { Facts } from "../parts/Facts";
import { Code } from "../parts/values";
import { BankDetails } from "./BankDetails";
import { PartnerAgreements } from "./PartnerAgreements";
import { PartnerInvoices } from "./PartnerInvoices";
import { PartnerStanding } from "./PartnerStanding";

const SUMS = ["earned", "paid", "held", "available", "debt"] as const;

/** Who a partner is, whether and where they are paid, what they signed and what they invoiced. */
export function PartnerDetails({ partner }: { partner: Partner }) {
  const { t } = useTranslation();
  const word = useCodes();
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
      <PartnerStanding partner={partner} />
      <BankDetails partner={partner} />
      <PartnerAgreements partner={partner} />
      <div className="min-w-0 xl:col-span-2">
        <PartnerInvoices partner={partner} />
      </div>
    </div>
  );
}
