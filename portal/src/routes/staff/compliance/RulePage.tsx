import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type RuleDetail, ruleQuery } from "~/api/queries/compliance";
import { useTranslation } from "~/i18n/useTranslation";
import { Badge } from "~/ui/Badge";
import { Card } from "~/ui/Card";
import { PageHeader } from "~/ui/PageHeader";
import { StatusBadge } from "~/ui/StatusBadge";
import { StatusLegend } from "~/ui/StatusLegend";
import { Cell, Head, Table } from "~/ui/Table";
import { Back } from "../parts/Back";
import { Facts } from "../parts/Facts";
import { Loaded } from "../parts/Loaded";
import { LINK, Moment } from "../parts/values";
import { DraftLink } from "./DraftLink";
import { useLawFacts } from "./LawFacts";
import { usePoint, useSaid } from "./words";

/** A rule: where it comes from, and its versions. */
export function RulePage() {
  const { code } = useParams({ from: "/app/rules/$code" });
  const query = useQuery(ruleQuery(code));
  return (
    <>
      <Back to="/rules" label="nav.rules" />
      <Loaded query={query}>{(rule) => <Shown rule={rule} />}</Loaded>
    </>
  );
}

function Shown({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const said = useSaid();
  const point = usePoint();
  const law = useLawFacts(rule.law);
  const base = rule.in_force ?? rule.versions[0];
  return (
    <>
      <PageHeader title={`${rule.code} ${said(rule.title)}`}>{rule.kind === "code" && t("rules.code")}</PageHeader>
      <div className="space-y-6">
        <Card title={t("finding.law")}>
          <Facts
            facts={{
              [t("rules.askedOf")]: point(rule.point),
              ...law,
              [t("rules.overridable")]: t(rule.overridable ? "rules.overridableYes" : "rules.overridableNo"),
              [t("rules.inForce")]: rule.in_force && !rule.enabled ? <Badge tone="quiet">{t("rules.off")}</Badge> : null,
              [t("rules.findings")]: (
                <Link to="/risks" search={{ rule: rule.code }} className={LINK}>
                  {t("rules.seeFindings")}
                </Link>
              ),
            }}
          />
        </Card>
        <Card title={t("rules.versions")} aside={base && <DraftLink rule={rule} versionId={base.id} />}>
          <Table label={t("rules.versions")}>
            <thead>
              <tr>
                <Head>{t("rules.which")}</Head>
                <Head>{t("rules.state")}</Head>
                <Head>{t("rules.effective")}</Head>
                <Head wide>{t("rules.origin")}</Head>
              </tr>
            </thead>
            <tbody>
              {rule.versions.map((version) => (
                <tr key={version.id} className="hover:bg-sunken">
                  <Cell>
                    <Link to="/rule-versions/$versionId" params={{ versionId: version.id }} className={`${LINK} whitespace-nowrap`}>
                      {t("rules.version", { version: version.version })}
                    </Link>
                  </Cell>
                  <Cell>
                    <span className="flex flex-wrap gap-1">
                      <StatusBadge kind="rule" status={version.state} />
                      {version.in_force && <Badge tone="good">{t("rules.now")}</Badge>}
                    </span>
                  </Cell>
                  <Cell>
                    <Moment at={version.effective_from} />
                  </Cell>
                  <Cell wide>{t(version.shipped ? "rules.shipped" : "rules.own")}</Cell>
                </tr>
              ))}
            </tbody>
          </Table>
          <StatusLegend kind="rule" />
        </Card>
      </div>
    </>
  );
}
