import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { disputeQuery } from "~/api/queries/deals";
import type { DisputeDetail } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Back } from "~/routes/staff/parts/Back";
import { Facts } from "~/routes/staff/parts/Facts";
import { Loaded } from "~/routes/staff/parts/Loaded";
import { LINK, Moment } from "~/routes/staff/parts/values";
import { useMay } from "~/routes/useViewer";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { PageHeader } from "~/ui/PageHeader";
import { StatusBadge } from "~/ui/StatusBadge";
import { DisputeClock } from "./DisputesPage";
import { DisputeSteps } from "./DisputeSteps";
import { EvidenceCard } from "./EvidenceCard";
import { RecuseButton } from "./RecuseButton";
import { ruledBy, sideName, useCaseWords } from "./words";

/** A dispute as both sides see it: the clock, what the record says and why, what was filed, and what happened. */
export function DisputePage() {
  const { disputeId } = useParams({ from: "/app/disputes/$disputeId" });
  const query = useQuery(disputeQuery(disputeId));
  return (
    <>
      <Back to="/disputes" label="nav.disputes" />
      <Loaded query={query}>{(dispute) => <Shown dispute={dispute} />}</Loaded>
    </>
  );
}

function Shown({ dispute }: { dispute: DisputeDetail }) {
  const { t, language } = useTranslation();
  const rules = useMay("disputes:rule");
  const clocked = dispute.status !== "closed" && (dispute.deadline ?? dispute.court_deadline) !== null;
  return (
    <>
      <PageHeader title={t("disputes.title", { order: dispute.orders.join(", ") })}>
        <span className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <StatusBadge kind="dispute" status={dispute.status} />
          <span>
            {dispute.claimant.name} – {dispute.respondent.name}
          </span>
        </span>
      </PageHeader>
      <div className="space-y-6">
        <div className="grid items-start gap-6 xl:grid-cols-2">
          <Card title={t("disputes.next")} aside={clocked && <div className="text-right text-sm"><DisputeClock row={dispute} /></div>}>
            <DisputeSteps dispute={dispute} />
            {rules && (
              <div className="mt-4">
                <RecuseButton parties={[dispute.claimant, dispute.respondent]} />
              </div>
            )}
          </Card>
          {dispute.finding && <Finding dispute={dispute} finding={dispute.finding} />}
        </div>
        <Card title={t("disputes.claim")}>
          <Claim dispute={dispute} />
        </Card>
        <EvidenceCard dispute={dispute} />
        <Card
          title={t("disputes.history")}
          aside={
            <a href={`/v1/disputes/${dispute.id}/case-file?language=${language === "en" ? "en" : "zh"}`} download={`${dispute.id}.pdf`} className={`${LINK} text-sm`}>
              {t("disputes.caseFile")}
            </a>
          }
        >
          <History dispute={dispute} />
        </Card>
      </div>
    </>
  );
}

/** Why: the reason in words, and the records that it rests on. */
function Finding({ dispute, finding }: { dispute: DisputeDetail; finding: NonNullable<DisputeDetail["finding"]> }) {
  const { t } = useTranslation();
  const words = useCaseWords();
  return (
    <Card title={t("disputes.finding")}>
      <div className="space-y-3 text-sm">
        {finding.ruling && <p className="font-medium">{t(`disputes.rulings.${finding.ruling}`)}</p>}
        <p>{words.reason(finding.reason)}</p>
        {finding.asks.length > 0 && <p className="text-muted">{t("disputes.asks", { who: finding.asks.map((who) => t(`disputes.asked.${who}`)).join(", ") })}</p>}
        <ul className="space-y-2 border-l border-line pl-4">
          {finding.quotes.map((quote) => (
            <li key={`${quote.kind}${quote.id}`}>
              <span className="block text-xs text-muted">{t(`disputes.quotes.${quote.kind}`)}</span>
              <span className="wrap-anywhere">
                {quote.partner_name && `${quote.partner_name} · `}
                <Moment at={quote.at} />
              </span>
              <code className="block font-mono text-xs text-muted wrap-anywhere">{quote.id}</code>
            </li>
          ))}
        </ul>
        {dispute.ruled_by && (
          <p className="text-muted">
            {ruledBy(t, dispute.ruled_by)} <Moment at={dispute.ruled_at} />
          </p>
        )}
      </div>
    </Card>
  );
}

function Claim({ dispute }: { dispute: DisputeDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const amounts = dispute.legs.map(({ order_external_id, at_stake, currency, refused }) => (
    <span key={order_external_id} className="block">
      {order_external_id}
      {at_stake && ` · ${format.money(at_stake, currency)}`}
      {refused && <span className="text-bad"> · {t("disputes.refused")}</span>}
    </span>
  ));
  return (
    <Facts
      facts={{
        [t("disputes.statement")]: <span className="whitespace-pre-wrap">{dispute.statement}</span>,
        [t("disputes.shares")]: amounts,
        [t("field.customer")]: dispute.customer_external_id,
        [t("field.role")]: t(`role.${dispute.role}`),
        [t("disputes.ground")]: t(`disputes.grounds.${dispute.ground}`),
        [t("disputes.registration")]: dispute.deal_id && dispute.your_side !== "respondent" && dispute.your_side !== "arbiter" && (
          <Link to="/deals/$dealId" params={{ dealId: dispute.deal_id }} className={LINK}>
            {dispute.deal_id}
          </Link>
        ),
        [t("disputes.onChain")]: dispute.legs.some(({ court_id }) => court_id !== null)
          ? dispute.legs.map(({ court_id, court_status }) => `#${court_id ?? "–"} ${court_status ? t(`disputes.court.${court_status}`) : ""}`).join(", ")
          : null,
        [t("disputes.claimHash")]: dispute.claim_sha256 && <Copyable value={dispute.claim_sha256} what={t("disputes.claimHash")} />,
        [t("disputes.ruling")]: dispute.ruling && t(`disputes.rulings.${dispute.ruling}`),
        [t("disputes.why")]: dispute.ruling_reason && <span className="whitespace-pre-wrap">{dispute.ruling_reason}</span>,
      }}
    />
  );
}

/** What happened, in order, as both sides read it. */
function History({ dispute }: { dispute: DisputeDetail }) {
  const { t } = useTranslation();
  const words = useCaseWords();
  return (
    <ol className="space-y-4 border-l border-line pl-5 text-sm">
      {dispute.entries.map((entry, at) => (
        // Entries are only ever added, at the end.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={at} className="relative">
          <span aria-hidden className="absolute top-1.5 -left-[1.55rem] size-2.5 rounded-full bg-accent ring-4 ring-surface" />
          <span className="block text-xs text-muted">
            <Moment at={entry.at} /> · {sideName(t, entry.side)}
          </span>
          <span className="font-medium">{words.event(entry.event)}</span>
          {entry.ruling && ` · ${t(`disputes.rulings.${entry.ruling}`)}`}
          {entry.words && <span className="block whitespace-pre-wrap text-muted wrap-anywhere">{entry.words}</span>}
        </li>
      ))}
    </ol>
  );
}
