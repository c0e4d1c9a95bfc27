import { Link } from "@tanstack/react-router";
import type { Report } from "~/api/queries/compliance";
import { numbered } from "~/charts/series";
import { useTranslation } from "~/i18n/useTranslation";
import { statusesOf } from "~/ui/status";
import { Cell, Head, Table } from "~/ui/Table";
import { useStatus } from "~/ui/useStatus";
import { Count, LINK, Moment } from "../parts/values";
import { LawName } from "./LawFacts";
import { usePoint, useSaid } from "./words";

const None = ({ text }: { text: string }) => <p className="text-sm text-muted">{text}</p>;
const OUTCOMES = statusesOf("outcome");
const BECAME = ["stopping", "overridden", "upheld"] as const;

/** How often the rules of each point were asked, and what they said. */
export function Checks({ checks }: { checks: Report["checks"] }) {
  const { t } = useTranslation();
  const point = usePoint();
  const words = useStatus("outcome");
  if (checks.length === 0) return <None text={t("report.checksNone")} />;
  return (
    <Table still label={t("report.checks")}>
      <thead>
        <tr>
          <Head>{t("risks.point")}</Head>
          <Head right>{t("report.calls")}</Head>
          <Head right>{t("report.subjects")}</Head>
          {OUTCOMES.map((outcome) => (
            <Head key={outcome} right>
              {words(outcome).label}
            </Head>
          ))}
        </tr>
      </thead>
      <tbody>
        {checks.map((row) => (
          <tr key={row.point}>
            <Cell>
              <span className="block min-w-36">{point(row.point)}</span>
            </Cell>
            <Cell right>
              <Count value={row.calls} />
            </Cell>
            <Cell right>
              <Count value={row.subjects} />
            </Cell>
            {OUTCOMES.map((outcome) => (
              <Cell key={outcome} right>
                <Count value={row.outcomes[outcome] ?? 0} />
              </Cell>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** What each rule found, by which law, and what had become of it. */
export function ByRule({ rules }: { rules: Report["by_rule"] }) {
  const { t } = useTranslation();
  const said = useSaid();
  if (rules.length === 0) return <None text={t("report.byRuleNone")} />;
  return (
    <Table label={t("report.byRule")}>
      <thead>
        <tr>
          <Head>{t("risks.rule")}</Head>
          <Head wide>{t("rules.law")}</Head>
          <Head right>{t("report.opened")}</Head>
          {BECAME.map((name) => (
            <Head key={name} right>
              {t(`report.${name}`)}
            </Head>
          ))}
          <Head right>{t("report.closed")}</Head>
        </tr>
      </thead>
      <tbody>
        {rules.map((row) => (
          <tr key={row.rule}>
            <Cell>
              <Link to="/rules/$code" params={{ code: row.rule }} className={`${LINK} block min-w-40`}>
                {row.rule} {said(row.title)}
              </Link>
            </Cell>
            <Cell wide>
              <LawName law={row.law} />
            </Cell>
            <Cell right>
              <Count value={row.found} />
            </Cell>
            {BECAME.map((name) => (
              <Cell key={name} right>
                <Count value={row[name]} />
              </Cell>
            ))}
            <Cell right>
              <Count value={row.cleared} />
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** The versions of rules that were published. */
export function Published({ versions }: { versions: Report["rules_published"] }) {
  const { t } = useTranslation();
  if (versions.length === 0) return <None text={t("report.publishedNone")} />;
  return (
    <Table label={t("report.published")}>
      <thead>
        <tr>
          <Head>{t("rules.which")}</Head>
          <Head>{t("report.by")}</Head>
          <Head>{t("report.at")}</Head>
        </tr>
      </thead>
      <tbody>
        {numbered(versions).map(({ item, place }) => (
          <tr key={place}>
            <Cell>
              <Link to="/rules/$code" params={{ code: item.code }} className={LINK}>
                {t("rules.versionOf", { code: item.code, version: item.version })}
              </Link>
            </Cell>
            <Cell>{item.by}</Cell>
            <Cell>
              <Moment at={item.at} />
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
