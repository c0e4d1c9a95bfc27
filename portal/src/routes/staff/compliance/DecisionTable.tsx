import type { Bilingual, RuleDocument, RuleField } from "~/api/queries/compliance";
import { numbered } from "~/charts/series";
import { useTranslation } from "~/i18n/useTranslation";
import { Cell, Head, Table } from "~/ui/Table";
import { NOTHING } from "../parts/values";
import { Outcome, useFieldName } from "./words";

/** A version's table: a column for each fact, a row for each thing that it says. */
export function DecisionTable({ document, fields }: { document: RuleDocument; fields: readonly RuleField[] }) {
  const { t } = useTranslation();
  const nameOf = useFieldName(fields);
  const { inputs, rows } = document;
  return (
    <Table still label={t("version.table")}>
      <thead>
        <tr>
          <Head>{t("version.number")}</Head>
          {inputs.map((name) => (
            <Head key={name}>
              <span className="block min-w-28 max-w-56 font-medium text-ink">{nameOf(name)}</span>
              <code className="font-mono font-normal">{name}</code>
            </Head>
          ))}
          <Head>{t("version.outcome")}</Head>
          <Head>{t("version.says")}</Head>
        </tr>
      </thead>
      <tbody>
        {numbered(rows).map(({ item: row, place }) => (
          <tr key={place}>
            <Cell>{place + 1}</Cell>
            {inputs.map((name) => (
              <Cell key={name}>
                {row.when[name]?.trim() ? <code className="font-mono text-[0.85em]">{row.when[name]}</code> : <span className="text-xs text-muted">{t("version.anything")}</span>}
              </Cell>
            ))}
            <Cell>
              <Outcome outcome={row.outcome} />
            </Cell>
            <Cell>
              <Both said={row.says} />
            </Cell>
          </tr>
        ))}
        {document.default && (
          <tr>
            <td className="border-b border-line py-2.5 pr-2 align-baseline text-muted" colSpan={inputs.length + 1}>
              {t("version.otherwise")}
            </td>
            <Cell>
              <Outcome outcome={document.default.outcome} />
            </Cell>
            <Cell>{document.default.says ? <Both said={document.default.says} /> : NOTHING}</Cell>
          </tr>
        )}
      </tbody>
    </Table>
  );
}

/** Both languages: whoever approves a version approves both. */
function Both({ said }: { said: Bilingual }) {
  return (
    <span className="block min-w-48">
      <span lang="en" className="block">
        {said.en}
      </span>
      <span lang="zh-CN" className="block text-muted">
        {said.zh}
      </span>
    </span>
  );
}
