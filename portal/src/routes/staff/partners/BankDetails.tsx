import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { payoutAccounts, verifyPayoutChange, verifyPayoutDetails } from "~/api/queries/finance";
import { payoutDetailsQuery, undoPayoutChange } from "~/api/queries/partner";
import type { BankAccount, Partner, PayoutDetails } from "~/api/types";
import { documents, partnerTypes, useCodes } from "~/i18n/codes";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { useMay } from "~/routes/useViewer";
import { Badge } from "~/ui/Badge";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Done } from "~/ui/Done";
import { Empty } from "~/ui/Empty";
import { Notice } from "~/ui/Notice";
import { Confirm } from "../parts/Confirm";
import { Facts } from "../parts/Facts";
import { Loaded } from "../parts/Loaded";
import { Code, Moment } from "../parts/values";

/** Where a partner is paid, what it asked for instead, and the steps of finance. */
export function BankDetails({ partner }: { partner: Partner }) {
  const { t } = useTranslation();
  const query = useQuery(payoutDetailsQuery(partner.id));
  return (
    <Card title={t("partners.bank")} lead={t("partners.bankLead")}>
      <Loaded query={query}>
        {(details) => (
          <div className="space-y-4">
            {details.account_hint === null ? <Empty text={t("partners.noBank")} /> : <Present details={details} />}
            {details.change && <Change details={details} change={details.change} />}
            {(details.account_hint !== null || details.change) && <Accounts partner={partner} />}
          </div>
        )}
      </Loaded>
    </Card>
  );
}

function useRefresh() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ["payout-details"] });
}

function Present({ details }: { details: PayoutDetails }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const writes = useMay("books:write");
  return (
    <>
      <About
        of={details}
        more={{
          [t("partners.changed")]: details.changed_at && <Moment at={details.changed_at} />,
          [t("field.status")]: <Badge tone={details.verified ? "good" : "wait"}>{t(details.verified ? "partners.verified" : "partners.unverified")}</Badge>,
        }}
      />
      {writes && !details.verified && (
        <Confirm label={t("partners.verify")} run={() => verifyPayoutDetails(details.partner_id).then(refresh)}>
          {t("partners.verifySure")}
        </Confirm>
      )}
    </>
  );
}

function Change({ details, change }: { details: PayoutDetails; change: NonNullable<PayoutDetails["change"]> }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const writes = useMay("books:write");
  const channel = useMay("channel:write");
  return (
    <Notice tone="wait" title={t("partners.change", { login: change.asked_by })}>
      <About
        of={change}
        more={{
          [t("partners.asked")]: <Moment at={change.asked_at} />,
          [t("partners.cooled")]: <Moment at={change.effective_at} />,
          [t("field.status")]: <Badge tone={change.verified ? "good" : "wait"}>{t(change.verified ? "partners.verified" : "partners.unverified")}</Badge>,
        }}
      />
      <div className="mt-4 flex flex-wrap gap-2">
        {writes && !change.verified && (
          <Confirm label={t("partners.verifyChange")} look="main" run={() => verifyPayoutChange(details.partner_id).then(refresh)}>
            {t("partners.verifyChangeSure")}
          </Confirm>
        )}
        {(writes || channel) && (
          <Confirm label={t("partners.undoChange")} run={() => undoPayoutChange(details.partner_id).then(refresh)}>
            {t("partners.undoChangeSure")}
          </Confirm>
        )}
      </div>
    </Notice>
  );
}

type Shown = Pick<PayoutDetails, "account_hint" | "country" | "payee_type" | "documents">;

function About({ of, more }: { of: Shown; more: Readonly<Record<string, ReactNode>> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useCodes();
  return (
    <Facts
      facts={{
        [t("field.account")]: <Code text={`… ${of.account_hint}`} />,
        [t("field.country")]: of.country,
        [t("partners.type")]: of.payee_type && word(partnerTypes, of.payee_type),
        ...more,
        ...Object.fromEntries(
          of.documents.map(({ kind, number, expires_on: until }) => [
            word(documents, kind),
            <span key={kind}>
              {number} {until && <span className="text-muted">{t("partners.until", { day: format.day(until) })}</span>}
            </span>,
          ]),
        ),
      }}
    />
  );
}

/** The numbers as they are, for finance to hold against the documents. That somebody looked stands in the audit log. */
function Accounts({ partner }: { partner: Partner }) {
  const { t } = useTranslation();
  const alone = useMay("books:write");
  const [shown, setShown] = useState(false);
  const look = useMutation({ mutationFn: () => payoutAccounts(partner.id), onSuccess: () => setShown(true) });
  if (!alone) return null;
  const found = shown ? look.data : undefined;
  return (
    <>
      {!found && (
        <Button disabled={look.isPending} onClick={() => look.mutate()}>
          {t("partners.showAccounts")}
        </Button>
      )}
      <Done error={look.error} />
      {found && (
        <Facts
          facts={{
            [t("partners.account_present")]: found.present && <Code text={spelled(found.present)} />,
            [t("partners.account_asked_for")]: found.asked_for && <Code text={spelled(found.asked_for)} />,
          }}
        />
      )}
    </>
  );
}

const spelled = ({ holder, iban, number, bank_code, bic }: BankAccount) => [holder, iban ?? number, bank_code, bic].filter(Boolean).join(" · ");
