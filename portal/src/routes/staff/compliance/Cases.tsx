import type { RuleField, RuleVersion } from "~/api/queries/compliance";
import { numbered } from "~/charts/series";
import { useTranslation } from "~/i18n/useTranslation";
import { Cell, Head, Table } from "~/ui/Table";
import { Outcome, useFact, useFieldName } from "./words";

/** What has to come of a version, and what does. */
export function Cases({ version, fields }: { version: RuleVersion; fields: readonly RuleField[] }) {
  const { t } = useTranslation();
  const fact = useFact();
  const nameOf = useFieldName(fields);
  const { cases, inputs } = version.document;
  if (cases.length === 0) return <p className="text-sm text-muted">{t("version.noCases")}</p>;
  return (
    <Table still label={t("version.cases")}>
      <thead>
        <tr>
          <Head>{t("version.case")}</Head>
          <Head wide>{t("version.caseFacts")}</Head>
          <Head>{t("version.expected")}</Head>
          <Head>{t("version.came")}</Head>
        </tr>
      </thead>
      <tbody>
        {numbered(cases).map(({ item, place }) => (
          <tr key={place}>
            <Cell>{item.name}</Cell>
            <Cell wide>
              {(inputs.length > 0 ? inputs : Object.keys(item.facts)).map((name) => (
                <span key={name} className="block text-xs">
                  <span className="text-muted">{nameOf(name)}:</span> {fact(name, item.facts[name])}
                </span>
              ))}
            </Cell>
            <Cell>
              <Outcome outcome={item.expect} />
            </Cell>
            <Cell>
              <Came tried={version.cases[place]} />
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** What came of a case; none is run while there are errors. */
export function Came({ tried }: { tried: RuleVersion["cases"][number] | undefined }) {
  const { t } = useTranslation();
  if (!tried) return <span className="text-xs text-muted">{t("version.notRun")}</span>;
  return (
    <>
      {tried.found && <Outcome outcome={tried.found} />}
      <span className={`block text-xs ${tried.passed ? "text-good" : "font-medium text-bad"}`}>{t(tried.passed ? "version.passed" : "version.failed")}</span>
      {tried.problem && <span className="block text-xs text-muted wrap-anywhere">{tried.problem}</span>}
    </>
  );
}
