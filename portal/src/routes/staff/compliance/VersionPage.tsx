import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type RuleDetail, ruleQuery, type RuleVersion, ruleVersionQuery } from "~/api/queries/compliance";
import { useTranslation } from "~/i18n/useTranslation";
import { Badge } from "~/ui/Badge";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { Notice } from "~/ui/Notice";
import { PageHeader } from "~/ui/PageHeader";
import { StatusBadge } from "~/ui/StatusBadge";
import { Cell, Head, Table } from "~/ui/Table";
import { Back } from "../parts/Back";
import { Facts } from "../parts/Facts";
import { Loaded } from "../parts/Loaded";
import { LINK, Moment } from "../parts/values";
import { Cases } from "./Cases";
import { DecisionTable } from "./DecisionTable";
import { Steps } from "./Decisions";
import { Flaws } from "./Flaws";
import { useLawFacts } from "./LawFacts";
import { VersionSteps } from "./VersionSteps";
import { usePoint, useSaid } from "./words";

/** A version of a rule: what it says, whether it can be relied on, and how it came about. */
export function VersionPage() {
  const { versionId } = useParams({ from: "/app/rule-versions/$versionId" });
  const query = useQuery(ruleVersionQuery(versionId));
  return (
    <>
      <Back to="/rules" label="nav.rules" />
      <Loaded query={query}>{(version) => <WithRule version={version} />}</Loaded>
    </>
  );
}

/** The names of its facts, and the other versions, are the rule's. */
function WithRule({ version }: { version: RuleVersion }) {
  const query = useQuery(ruleQuery(version.code));
  return <Loaded query={query}>{(rule) => <Shown rule={rule} version={version} />}</Loaded>;
}

function Shown({ rule, version }: { rule: RuleDetail; version: RuleVersion }) {
  const { t } = useTranslation();
  const said = useSaid();
  const point = usePoint();
  const { document } = version;
  const law = useLawFacts(document.law);
  return (
    <>
      <PageHeader title={`${t("rules.versionOf", { code: version.code, version: version.version })}: ${said(document.title)}`}>
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <StatusBadge kind="rule" status={version.state} />
          {version.in_force && <Badge tone="good">{t("rules.now")}</Badge>}
          <Link to="/rules/$code" params={{ code: version.code }} className={LINK}>
            {t("rules.toRule")}
          </Link>
        </span>
      </PageHeader>
      <div className="space-y-6">
        {!document.enabled && <Notice tone="wait">{t("version.disabled")}</Notice>}
        <div className="grid items-start gap-6 xl:grid-cols-2">
          <Card title={t("finding.whatNext")}>
            <VersionSteps key={version.id} rule={rule} version={version} />
          </Card>
          <Card title={t("finding.law")}>
            <Facts
              facts={{
                [t("rules.askedOf")]: point(document.point),
                ...law,
                [t("rules.overridable")]: t(document.overridable ? "rules.overridableYes" : "rules.overridableNo"),
                [t("rules.effective")]: version.effective_from && <Moment at={version.effective_from} />,
                [t("rules.origin")]: t(version.shipped ? "rules.shipped" : "rules.own"),
                [t("version.hash")]: <Copyable value={version.sha256} what={t("version.hash")} />,
              }}
            />
          </Card>
        </div>
        {document.kind === "table" ? (
          <Card title={t("version.table")} lead={t("version.tableLead")}>
            <DecisionTable document={document} fields={rule.fields} />
          </Card>
        ) : (
          <Card title={t("version.settings")} lead={t("version.settingsLead")}>
            <Settings rule={rule} version={version} />
          </Card>
        )}
        <Card title={t("version.cases")} lead={t("version.casesLead")}>
          <Cases version={version} fields={rule.fields} />
        </Card>
        <div className="grid items-start gap-6 xl:grid-cols-2">
          <Card title={t("version.flaws")}>
            <Flaws flaws={version.flaws} fields={rule.fields} />
          </Card>
          <Card title={t("version.steps")}>
            <Steps kind="rule" steps={version.steps} />
          </Card>
        </div>
      </div>
    </>
  );
}

function Settings({ rule, version }: { rule: RuleDetail; version: RuleVersion }) {
  const { t } = useTranslation();
  if (rule.settings.length === 0) return <p className="text-sm text-muted">{t("version.noSettings")}</p>;
  return (
    <Table still label={t("version.settings")}>
      <thead>
        <tr>
          <Head>{t("version.setting")}</Head>
          <Head right>{t("version.value")}</Head>
        </tr>
      </thead>
      <tbody>
        {rule.settings.map(({ name, default: usual, least, most }) => (
          <tr key={name}>
            <Cell>
              <code className="font-mono text-[0.85em]">{name}</code>
              <span className="block text-xs text-muted">{t("version.bounds", { least, most })}</span>
            </Cell>
            <Cell right>
              <span className="tabular-nums">{version.document.settings[name] ?? usual}</span>
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
