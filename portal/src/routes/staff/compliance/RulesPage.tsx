import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { POINTS, type Rule, rulesQuery } from "~/api/queries/compliance";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { useMay } from "~/routes/useViewer";
import { Badge } from "~/ui/Badge";
import { Card } from "~/ui/Card";
import { Empty } from "~/ui/Empty";
import { PageHeader } from "~/ui/PageHeader";
import { StatusBadge } from "~/ui/StatusBadge";
import { StatusLegend } from "~/ui/StatusLegend";
import { Cell, Head, Table } from "~/ui/Table";
import { Loaded } from "../parts/Loaded";
import { LINK, NOTHING } from "../parts/values";
import { LawName } from "./LawFacts";
import { usePoint, useSaid } from "./words";

/** All rules by what they are asked of, and those of the field that nothing asks. */
export function RulesPage() {
  const { t } = useTranslation();
  const said = useSaid();
  const point = usePoint();
  const writes = useMay("rules:write");
  const query = useQuery(rulesQuery);
  return (
    <>
      <PageHeader title={t("nav.rules")}>
        <p className="max-w-prose">{t("rules.lead")}</p>
      </PageHeader>
      <Loaded query={query}>
        {({ data, not_judged }) => (
          <div className="space-y-6">
            {data.length === 0 && <Empty text={t("rules.noneAtAll")} />}
            {data.length > 0 && POINTS.map((one) => (
              <Card
                key={one}
                title={point(one)}
                aside={
                  writes && (
                    <Link to="/rule-drafts/new" search={{ point: one }} aria-label={`${t("rules.newRule")}: ${point(one)}`} className={`${LINK} text-sm`}>
                      {t("rules.newRule")}
                    </Link>
                  )
                }
              >
                <OfPoint label={point(one)} rules={data.filter((rule) => rule.point === one)} />
              </Card>
            ))}
            {data.length > 0 && <StatusLegend kind="rule" />}
            <Card title={t("rules.notJudged")} lead={t("rules.notJudgedLead")}>
              <Table still label={t("rules.notJudged")}>
                <thead>
                  <tr>
                    <Head>{t("risks.rule")}</Head>
                    <Head>{t("rules.why")}</Head>
                  </tr>
                </thead>
                <tbody>
                  {not_judged.map(({ code, why }) => (
                    <tr key={code}>
                      <Cell>
                        <span className="whitespace-nowrap">{code}</span>
                      </Cell>
                      <Cell>{said(why)}</Cell>
                    </tr>
                  ))}
                </tbody>
              </Table>
            </Card>
          </div>
        )}
      </Loaded>
    </>
  );
}

function OfPoint({ label, rules }: { label: string; rules: readonly Rule[] }) {
  const { t } = useTranslation();
  const said = useSaid();
  if (rules.length === 0) return <p className="text-sm text-muted">{t("rules.none")}</p>;
  return (
    <Table label={label}>
      <thead>
        <tr>
          <Head>{t("risks.rule")}</Head>
          <Head wide>
            <span className="block w-72">{t("rules.law")}</span>
          </Head>
          <Head>
            <span className="block w-28">{t("rules.inForce")}</span>
          </Head>
          <Head wide>
            <span className="block w-40">{t("rules.next")}</span>
          </Head>
        </tr>
      </thead>
      <tbody>
        {rules.map((rule) => (
          <tr key={rule.code} className="hover:bg-sunken">
            <Cell>
              <Link to="/rules/$code" params={{ code: rule.code }} className={LINK}>
                {rule.code} {said(rule.title)}
              </Link>
            </Cell>
            <Cell wide>
              <span className="block w-72">
                <LawName law={rule.law} />
              </span>
            </Cell>
            <Cell>
              <InForce rule={rule} />
            </Cell>
            <Cell wide>
              <OnItsWay rule={rule} />
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function InForce({ rule }: { rule: Rule }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!rule.in_force) return t("rules.notYet");
  const { id, version, effective_from } = rule.in_force;
  return (
    <>
      <Link to="/rule-versions/$versionId" params={{ versionId: id }} className={`${LINK} whitespace-nowrap`}>
        {t("rules.version", { version })}
      </Link>{" "}
      {!rule.enabled && <Badge tone="quiet">{t("rules.off")}</Badge>}
      {effective_from && <span className="block text-xs text-muted">{t("rules.since", { day: format.day(effective_from.slice(0, 10)) })}</span>}
    </>
  );
}

function OnItsWay({ rule: { scheduled, open } }: { rule: Rule }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!scheduled && !open) return NOTHING;
  return (
    <>
      {scheduled && (
        <Link to="/rule-versions/$versionId" params={{ versionId: scheduled.id }} className={`${LINK} block`}>
          {t("rules.scheduledFor", { version: scheduled.version, at: format.time(scheduled.effective_from ?? "") })}
        </Link>
      )}
      {open && (
        <span className="flex flex-wrap items-center gap-2">
          <Link to="/rule-versions/$versionId" params={{ versionId: open.id }} className={LINK}>
            {t("rules.open", { version: open.version })}
          </Link>
          <StatusBadge kind="rule" status={open.state} />
        </span>
      )}
    </>
  );
}
