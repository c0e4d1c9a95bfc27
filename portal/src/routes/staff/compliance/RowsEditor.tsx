import { useId } from "react";
import type { Outcome, RuleField } from "~/api/queries/compliance";
import { numbered } from "~/charts/series";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Field } from "~/ui/Field";
import { statusesOf } from "~/ui/status";
import { useStatus } from "~/ui/useStatus";
import { SelectField } from "../parts/SelectField";
import { CellHelp } from "./CellHelp";
import { changeRow, type DraftRow, moveRow, withoutRow, withRow } from "./draft";
import { type Editing, FlawsAt, useTroubleAt } from "./editing";
import { InputsEditor } from "./InputsEditor";
import { useFocusAfter } from "./useFocusAfter";
import { outcomeOptions, useFieldName } from "./words";

const MOST_ROWS = 60;
const MOST = 400;
const OUTCOMES = statusesOf("outcome");

export const isOutcome = (value: string): value is Outcome => OUTCOMES.some((outcome) => outcome === value);

export function useOutcomeOptions() {
  return outcomeOptions(useStatus("outcome"), OUTCOMES);
}

/** A decision table: what it reads, and what it says of that. */
export function RowsEditor({ editing }: { editing: Editing }) {
  const { t } = useTranslation();
  const focus = useFocusAfter();
  const { draft, vocabulary, change } = editing;
  const add = () => {
    focus(`rows.${draft.next}.${draft.inputs[0] ?? "outcome"}`);
    change(withRow(draft));
  };
  return (
    <Card title={t("version.table")} lead={t("version.tableLead")}>
      <InputsEditor editing={editing} />
      <CellHelp />
      <Suggestions fields={vocabulary.fields.filter(({ name }) => draft.inputs.includes(name))} />
      <div className="space-y-4">
        {numbered(draft.rows).map(({ item, place }) => (
          <RowEditor key={item.key} editing={editing} row={item} place={place} focus={focus} />
        ))}
      </div>
      <div className="mt-4">
        <Button name="rows.add" disabled={draft.rows.length >= MOST_ROWS} onClick={add}>
          {t("editor.addRow")}
        </Button>
      </div>
      <FlawsAt editing={editing} place="rows" />
      <Otherwise editing={editing} />
    </Card>
  );
}

/** What a cell of a fact may say, offered while it is written. */
function Suggestions({ fields }: { fields: readonly RuleField[] }) {
  return (
    <>
      {fields.map(({ name, type, choices, optional }) => (
        <datalist key={name} id={`cells-${name}`}>
          {[...(type === "boolean" ? ["true", "false"] : choices.map((choice) => `"${choice}"`)), ...(optional ? ["null"] : [])].map((cell) => (
            <option key={cell}>{cell}</option>
          ))}
        </datalist>
      ))}
    </>
  );
}

interface RowProps {
  editing: Editing;
  row: DraftRow;
  place: number;
  focus: (...names: readonly string[]) => void;
}

function RowEditor({ editing, row, place, focus }: RowProps) {
  const { t } = useTranslation();
  const heading = useId();
  const trouble = useTroubleAt(editing);
  const outcomes = useOutcomeOptions();
  const { draft, vocabulary, change } = editing;
  const nameOf = useFieldName(vocabulary.fields);
  const at = `rows.${row.key}`;
  const edit = (part: Partial<DraftRow>) => change(changeRow(draft, row.key, part));
  const move = (step: -1 | 1) => {
    focus(...(step < 0 ? [`${at}.up`, `${at}.down`] : [`${at}.down`, `${at}.up`]));
    change(moveRow(draft, row.key, step));
  };
  const drop = () => {
    focus("rows.add");
    change(withoutRow(draft, row.key));
  };
  const number = { row: place + 1 };
  return (
    <section aria-labelledby={heading} className="rounded-lg border border-line p-3 sm:p-4">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <h3 id={heading} className="text-sm font-semibold">
          {t("version.whereRow", number)}
        </h3>
        <span className="flex gap-1">
          <Button name={`${at}.up`} disabled={place === 0} aria-label={t("editor.up", number)} onClick={() => move(-1)}>
            <span aria-hidden>↑</span>
          </Button>
          <Button name={`${at}.down`} disabled={place === draft.rows.length - 1} aria-label={t("editor.down", number)} onClick={() => move(1)}>
            <span aria-hidden>↓</span>
          </Button>
          <Button aria-label={t("editor.drop", number)} onClick={drop}>
            <span aria-hidden>✕</span>
          </Button>
        </span>
      </div>
      <div className="grid items-end gap-3 sm:grid-cols-2 xl:grid-cols-3">
        {draft.inputs.map((name) => (
          <Field
            key={name}
            name={`${at}.${name}`}
            label={nameOf(name)}
            aria-label={t("editor.cellOf", { ...number, fact: nameOf(name) })}
            list={`cells-${name}`}
            autoComplete="off"
            placeholder={t("version.anything")}
            maxLength={MOST}
            value={row.when[name] ?? ""}
            onChange={(event) => edit({ when: { ...row.when, [name]: event.target.value } })}
            error={trouble(`${at}.${name}`)}
          />
        ))}
        <SelectField name={`${at}.outcome`} label={t("version.outcome")} value={row.outcome} options={outcomes} onChange={(outcome) => isOutcome(outcome) && edit({ outcome })} />
      </div>
      <Says place={`${at}.says`} says={row.says} trouble={trouble} onChange={(says) => edit({ says })} />
      <FlawsAt editing={editing} place={at} />
    </section>
  );
}

interface SaysProps {
  place: string;
  says: DraftRow["says"];
  trouble: (place: string) => string | undefined;
  onChange: (says: DraftRow["says"]) => void;
}

/** What partners and colleagues read, in both languages. */
function Says({ place, says, trouble, onChange }: SaysProps) {
  const { t } = useTranslation();
  return (
    <div className="mt-3 grid items-start gap-3 md:grid-cols-2">
      <Field name={`${place}.en`} lang="en" label={t("editor.saysEn")} maxLength={MOST} value={says.en} onChange={(event) => onChange({ ...says, en: event.target.value })} error={trouble(`${place}.en`)} />
      <Field name={`${place}.zh`} lang="zh-CN" label={t("editor.saysZh")} maxLength={MOST} value={says.zh} onChange={(event) => onChange({ ...says, zh: event.target.value })} error={trouble(`${place}.zh`)} />
    </div>
  );
}

function Otherwise({ editing }: { editing: Editing }) {
  const { t } = useTranslation();
  const trouble = useTroubleAt(editing);
  const outcomes = useOutcomeOptions();
  const { draft, change } = editing;
  const { outcome, says } = draft.default;
  const options = outcome === "" ? [{ value: "", label: t("editor.chooseFact") }, ...outcomes] : outcomes;
  return (
    <div className="mt-6 border-t border-line pt-4">
      <div className="max-w-xs">
        <SelectField
          name="default"
          label={t("editor.defaultOutcome")}
          value={outcome}
          options={options}
          onChange={(chosen) => isOutcome(chosen) && change({ ...draft, default: { outcome: chosen, says } })}
        />
      </div>
      {(outcome !== "PASS" || says.en !== "" || says.zh !== "") && <Says place="default" says={says} trouble={trouble} onChange={(changed) => change({ ...draft, default: { outcome, says: changed } })} />}
      <FlawsAt editing={editing} place="default" />
    </div>
  );
}
