import { useId } from "react";
import { numbered } from "~/charts/series";
import type { RuleField } from "~/api/queries/compliance";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Field } from "~/ui/Field";
import { SelectField } from "../parts/SelectField";
import { Came } from "./Cases";
import { changeCase, type DraftCase, factsOfCases, withCase, withoutCase } from "./draft";
import { type Editing, useTroubleAt } from "./editing";
import { isOutcome, useOutcomeOptions } from "./RowsEditor";
import { useFocusAfter } from "./useFocusAfter";
import { useFieldName } from "./words";

const MOST_CASES = 200;
const MOST = 400;

/** Facts, and what has to come of them: a case that fires, and a near miss. */
export function CasesEditor({ editing }: { editing: Editing }) {
  const { t } = useTranslation();
  const focus = useFocusAfter();
  const { draft, change } = editing;
  const add = () => {
    focus(`cases.${draft.next}.name`);
    change(withCase(draft));
  };
  const drop = (key: number) => {
    focus("cases.add");
    change(withoutCase(draft, key));
  };
  return (
    <Card title={t("version.cases")} lead={t("version.casesLead")}>
      <div className="space-y-4">
        {numbered(draft.cases).map(({ item, place }) => (
          <CaseEditor key={item.key} editing={editing} one={item} number={place + 1} onDrop={() => drop(item.key)} />
        ))}
      </div>
      <div className="mt-4">
        <Button name="cases.add" disabled={draft.cases.length >= MOST_CASES} onClick={add}>
          {t("editor.addCase")}
        </Button>
      </div>
    </Card>
  );
}

interface CaseProps {
  editing: Editing;
  one: DraftCase;
  number: number;
  onDrop: () => void;
}

function CaseEditor({ editing, one, number, onDrop }: CaseProps) {
  const { t } = useTranslation();
  const heading = useId();
  const trouble = useTroubleAt(editing);
  const outcomes = useOutcomeOptions();
  const { draft, vocabulary, change, tried } = editing;
  const at = `cases.${one.key}`;
  const edit = (part: Partial<DraftCase>) => change(changeCase(draft, one.key, part));
  const came = tried.get(one.key);
  return (
    <section aria-labelledby={heading} className="rounded-lg border border-line p-3 sm:p-4">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <h3 id={heading} className="text-sm font-semibold">
          {t("version.case")} {number}
        </h3>
        <span className="flex items-center gap-3">
          {came && (
            <span className="text-right">
              <Came tried={came} />
            </span>
          )}
          <Button aria-label={t("editor.dropCase", { number })} onClick={onDrop}>
            <span aria-hidden>✕</span>
          </Button>
        </span>
      </div>
      <div className="grid items-end gap-3 sm:grid-cols-2">
        <Field name={`${at}.name`} label={t("version.case")} aria-label={t("editor.caseName", { number })} maxLength={MOST} value={one.name} onChange={(event) => edit({ name: event.target.value })} error={trouble(`${at}.name`)} />
        <SelectField name={`${at}.expect`} label={t("version.expected")} value={one.expect} options={outcomes} onChange={(expect) => isOutcome(expect) && edit({ expect })} />
      </div>
      <div className="mt-3 grid items-end gap-3 sm:grid-cols-2 xl:grid-cols-3">
        {factsOfCases(draft, vocabulary.fields).map((name) => (
          <FactField
            key={name}
            field={vocabulary.fields.find((field) => field.name === name)}
            name={name}
            place={`${at}.${name}`}
            number={number}
            text={one.facts[name] ?? ""}
            editing={editing}
            onChange={(text) => edit({ facts: { ...one.facts, [name]: text } })}
          />
        ))}
      </div>
    </section>
  );
}

interface FactProps {
  field: RuleField | undefined;
  name: string;
  place: string;
  number: number;
  text: string;
  editing: Editing;
  onChange: (text: string) => void;
}

/** A fact by its type; empty is "not known", where a fact may be that. */
function FactField({ field, name, place, number, text, editing, onChange }: FactProps) {
  const { t } = useTranslation();
  const trouble = useTroubleAt(editing);
  const label = useFieldName(editing.vocabulary.fields)(name);
  if (field?.type === "choice" || field?.type === "boolean") {
    const choices = field.type === "choice" ? field.choices.map((value) => ({ value, label: value })) : [{ value: "true", label: t("finding.yes") }, { value: "false", label: t("finding.no") }];
    const none = { value: "", label: t(field.optional ? "editor.notKnown" : "editor.chooseFact") };
    return <SelectField name={place} label={label} value={text} options={field.optional || text === "" ? [none, ...choices] : choices} onChange={onChange} error={trouble(place)} />;
  }
  const whole = field?.type === "integer";
  return (
    <Field
      name={place}
      label={label}
      aria-label={t("editor.factOf", { number, fact: label })}
      inputMode={whole ? "numeric" : "text"}
      autoComplete="off"
      placeholder={field?.optional ? t("editor.notKnown") : undefined}
      maxLength={MOST}
      value={text}
      onChange={(event) => onChange(event.target.value)}
      error={trouble(place, whole ? t("editor.whole") : undefined)}
    />
  );
}
