import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type Fact, type FindingDetail, findingQuery } from "~/api/queries/compliance";
import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { Notice } from "~/ui/Notice";
import { PageHeader } from "~/ui/PageHeader";
import { StatusBadge } from "~/ui/StatusBadge";
import { Cell, Head, Table } from "~/ui/Table";
import { Back } from "../parts/Back";
import { Facts } from "../parts/Facts";
import { Loaded } from "../parts/Loaded";
import { LINK, Moment, PartnerLink } from "../parts/values";
import { Decisions } from "./Decisions";
import { FindingSteps } from "./FindingSteps";
import { useLawFacts } from "./LawFacts";
import { Outcome, useEffectOf, useFact, useFieldName, useSaid, useSubject } from "./words";

/** What a rule found: from which facts, by which law, what it does, and who decides what about it. */
export function FindingPage() {
  const { findingId } = useParams({ from: "/app/risks/$findingId" });
  const query = useQuery(findingQuery(findingId));
  return (
    <>
      <Back to="/risks" label="nav.risks" />
      <Loaded query={query}>{(finding) => <Shown finding={finding} />}</Loaded>
    </>
  );
}

function Shown({ finding }: { finding: FindingDetail }) {
  const { t } = useTranslation();
  const said = useSaid();
  const effect = useEffectOf();
  return (
    <>
      <PageHeader title={`${finding.rule} ${said(finding.title)}`}>
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Outcome outcome={finding.outcome} />
          <StatusBadge kind="finding" status={finding.state} />
          <span>
            {t("risks.since")} <Moment at={finding.at} />
          </span>
        </span>
      </PageHeader>
      <div className="space-y-6">
        <div className="grid items-start gap-6 xl:grid-cols-2">
          <Card title={t("risks.found")}>
            <p className="mb-4 text-lg">{said(finding.says)}</p>
            <Notice tone={finding.stops ? "bad" : "quiet"} title={t("finding.stopsNow")}>
              {effect(finding)}
            </Notice>
            <div className="mt-4">
              <About finding={finding} />
            </div>
          </Card>
          <Card title={t("finding.whatNext")}>
            <FindingSteps finding={finding} />
          </Card>
        </div>
        <div className="grid items-start gap-6 xl:grid-cols-2">
          <Card title={t("finding.facts")} lead={t("finding.factsLead")}>
            <FactsTable finding={finding} />
          </Card>
          <RuleCard finding={finding} />
        </div>
        <Card title={t("finding.decisions")}>
          <Decisions finding={finding} />
        </Card>
      </div>
    </>
  );
}

/** Pages of what findings are about, where there is one of it alone. */
const PAGES: Readonly<Record<string, string>> = { payout_run: "/payout-runs", month: "/periods" };
/** Where there is only a list. */
const LISTS: Readonly<Record<string, string>> = { plan_proposal: "/simulator", customer: "/customers", material: "/materials", privacy_request: "/data-requests" };

function About({ finding }: { finding: FindingDetail }) {
  const { t } = useTranslation();
  const kind = useSubject();
  const { subject_kind: of, subject_id: id, subject_name: name } = finding;
  const shown = name || id;
  const page = PAGES[of] ? `${PAGES[of]}/${encodeURIComponent(id)}` : LISTS[of];
  return (
    <Facts
      facts={{
        [t("field.partner")]: finding.partner_id && finding.partner_name ? <PartnerLink id={finding.partner_id} name={finding.partner_name} /> : null,
        ...(of !== "partner" && {
          [kind(of)]: page ? (
            <Link to={page} search={of === "customer" ? { search: id } : {}} className={LINK}>
              {shown}
            </Link>
          ) : of === "event" ? (
            <Copyable value={shown} what={kind(of)} />
          ) : (
            shown
          ),
        }),
      }}
    />
  );
}

function FactsTable({ finding }: { finding: FindingDetail }) {
  const { t } = useTranslation();
  const fact = useFact();
  const nameOf = useFieldName(finding.fields);
  const facts = Object.entries(finding.facts as Record<string, Fact>);
  if (facts.length === 0) return <p className="text-sm text-muted">{t("finding.noFacts")}</p>;
  return (
    <Table still label={t("finding.facts")}>
      <thead>
        <tr>
          <Head>{t("finding.fact")}</Head>
          <Head right>{t("finding.value")}</Head>
        </tr>
      </thead>
      <tbody>
        {facts.map(([name, value]) => (
          <tr key={name}>
            <Cell>
              {nameOf(name)}
              <code className="block font-mono text-xs text-muted">{name}</code>
            </Cell>
            <Cell right>
              <span className="font-medium tabular-nums wrap-anywhere">{fact(name, value)}</span>
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function RuleCard({ finding }: { finding: FindingDetail }) {
  const { t } = useTranslation();
  const said = useSaid();
  const law = useLawFacts(finding.law);
  const version = finding.rule_version;
  return (
    <Card title={t("finding.law")}>
      <Facts
        facts={{
          [t("risks.rule")]: (
            <Link to="/rules/$code" params={{ code: finding.rule }} className={LINK}>
              {finding.rule} {said(finding.title)}
            </Link>
          ),
          [t("finding.ruleVersion")]: (
            <>
              <Link to="/rule-versions/$versionId" params={{ versionId: version.id }} className={LINK}>
                {t("rules.version", { version: version.version })}
              </Link>
              {!version.in_force && <span className="text-muted"> · {t("finding.notInForce")}</span>}
            </>
          ),
          ...law,
          [t("finding.evidence")]: <Evidence evidence={finding.evidence as Record<string, unknown>} />,
          [t("finding.inputHash")]: <Copyable value={finding.input_hash} what={t("finding.inputHash")} />,
        }}
      />
    </Card>
  );
}

/** Where in the table it was found, and the figures that a rule came to; named as the rule names them. */
function Evidence({ evidence }: { evidence: Record<string, unknown> }) {
  const { t } = useTranslation();
  return (
    <ul>
      {Object.entries(evidence).map(([name, value]) => (
        <li key={name} className="wrap-anywhere">
          {name === "row" ? (
            <>
              {t("finding.row")}: {value === "default" ? t("finding.byDefault") : String(value)}
            </>
          ) : (
            <>
              <code className="font-mono text-xs text-muted">{name}</code> {String(value)}
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
