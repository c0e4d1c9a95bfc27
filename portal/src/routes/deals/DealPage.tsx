import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { dealQuery } from "~/api/queries/deals";
import type { DealDetail } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Back } from "~/routes/staff/parts/Back";
import { Facts } from "~/routes/staff/parts/Facts";
import { Loaded } from "~/routes/staff/parts/Loaded";
import { LINK, Moment } from "~/routes/staff/parts/values";
import { Badge } from "~/ui/Badge";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { Notice } from "~/ui/Notice";
import { PageHeader } from "~/ui/PageHeader";
import { StatusBadge } from "~/ui/StatusBadge";
import { DealClock } from "./DealsPage";
import { DealSteps } from "./DealSteps";

/** A registration: its clock, what can be done with it, and for the staff what stands in its way. */
export function DealPage() {
  const { dealId } = useParams({ from: "/app/deals/$dealId" });
  const query = useQuery(dealQuery(dealId));
  return (
    <>
      <Back to="/deals" label="nav.deals" />
      <Loaded query={query}>{(deal) => <Shown deal={deal} />}</Loaded>
    </>
  );
}

function Shown({ deal }: { deal: DealDetail }) {
  const { t } = useTranslation();
  const clocked = deal.status === "submitted" || deal.status === "approved";
  return (
    <>
      <PageHeader title={deal.legal_name}>
        <span className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <StatusBadge kind="deal" status={deal.status} />
          <span>{deal.partner_name}</span>
        </span>
      </PageHeader>
      <div className="space-y-6">
        {deal.reason && <Notice tone={deal.status === "approved" ? "quiet" : "bad"} title={t("deals.answer")}>{deal.reason}</Notice>}
        <div className="grid items-start gap-6 xl:grid-cols-2">
          <Card title={t("deals.next")} aside={clocked && <div className="text-right text-sm"><DealClock row={deal} /></div>}>
            <DealSteps deal={deal} />
          </Card>
          <Card title={t("deals.company")}>
            <Company deal={deal} />
          </Card>
        </div>
        {deal.findings && <Findings deal={deal} />}
        <Card title={t("deals.deal")}>
          <TheDeal deal={deal} />
        </Card>
      </div>
    </>
  );
}

function Company({ deal }: { deal: DealDetail }) {
  const { t } = useTranslation();
  return (
    <Facts
      facts={{
        [t("deals.legalName")]: deal.legal_name,
        [t("field.country")]: deal.country,
        [t("deals.domain")]: deal.domain,
        [t("deals.creditCode")]: deal.credit_code && <Copyable value={deal.credit_code} what={t("deals.creditCode")} />,
        [t("deals.contactName")]: deal.contact.name,
        [t("deals.contactEmail")]: deal.contact.email,
        [t("field.customer")]: deal.customer_id,
      }}
    />
  );
}

function TheDeal({ deal }: { deal: DealDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Facts
      facts={{
        [t("deals.products")]: deal.products.join(", "),
        [t("deals.region")]: deal.region,
        [t("deals.value")]: t(`deals.values.${deal.value}`),
        [t("deals.quarter")]: deal.quarter.replace("-", " "),
        [t("deals.stage")]: t(`deals.stages.${deal.stage}`),
        [t("deals.event")]: <span className="whitespace-pre-wrap">{deal.compelling_event}</span>,
        [t("deals.partnerContact")]: deal.partner_contact,
        [t("deals.contactedOn")]: format.day(deal.contacted_on),
        [t("deals.registered")]: deal.registered_at && <Moment at={deal.registered_at} />,
        [t("deals.extended")]: deal.extended_at && <Moment at={deal.extended_at} />,
        [t("deals.extensionNote")]: deal.extension_note,
        [t("deals.extensionFile")]: deal.extension_sha256 && <Copyable value={deal.extension_sha256} what={t("deals.extensionFile")} />,
      }}
    />
  );
}

/** What else concerns the same company, or may: for whoever decides. */
function Findings({ deal }: { deal: DealDetail }) {
  const { t } = useTranslation();
  const found = deal.findings ?? [];
  return (
    <Card title={t("deals.findings")} lead={t("deals.findingsLead")}>
      {found.length === 0 && <p className="text-sm text-muted">{t("deals.findingsNone")}</p>}
      <ul className="space-y-3 text-sm">
        {found.map((one) => (
          <li key={`${one.kind}${one.id}`} className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
            <Badge tone={one.bars ? "bad" : "wait"}>{t(one.bars ? "deals.bars" : one.likeness === "unsure" ? "deals.unsure" : "deals.known")}</Badge>
            <span className="font-medium">{t(`deals.finding.${one.kind}`)}</span>
            {one.id.startsWith("dl_") ? (
              <Link to="/deals/$dealId" params={{ dealId: one.id }} className={LINK}>
                {one.legal_name}
              </Link>
            ) : (
              <span>{one.legal_name}</span>
            )}
            {one.partner_name && <span className="text-muted">{one.partner_name}</span>}
            {one.since && <span className="text-muted tabular-nums">{one.since.slice(0, 16).replace("T", " ")}</span>}
          </li>
        ))}
      </ul>
    </Card>
  );
}
