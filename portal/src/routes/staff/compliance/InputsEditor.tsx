import type { RuleField } from "~/api/queries/compliance";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { SelectField } from "../parts/SelectField";
import { type Editing, FlawsAt } from "./editing";
import { useFocusAfter } from "./useFocusAfter";
import { useFieldName } from "./words";

/** Which facts a table reads: its columns. */
export function InputsEditor({ editing }: { editing: Editing }) {
  const { t } = useTranslation();
  const { draft, vocabulary, change } = editing;
  const nameOf = useFieldName(vocabulary.fields);
  const focus = useFocusAfter();
  const left = vocabulary.fields.filter(({ name }) => !draft.inputs.includes(name));
  const drop = (name: string) => {
    focus("inputs");
    change({ ...draft, inputs: draft.inputs.filter((one) => one !== name) });
  };
  return (
    <fieldset className="mb-6">
      <legend className="text-sm font-medium">{t("editor.inputs")}</legend>
      <p className="mb-2 text-sm text-muted">{t("editor.inputsLead")}</p>
      <ul className="mb-3 space-y-2">
        {draft.inputs.map((name) => (
          <li key={name} className="flex items-start justify-between gap-2 rounded-md border border-line px-3 py-2 text-sm">
            <span>
              {nameOf(name)} <code className="font-mono text-xs text-muted">{name}</code>
              <FieldType field={vocabulary.fields.find((field) => field.name === name)} />
            </span>
            <Button aria-label={t("editor.dropInput", { fact: nameOf(name) })} onClick={() => drop(name)}>
              <span aria-hidden>✕</span>
            </Button>
          </li>
        ))}
      </ul>
      {left.length > 0 && (
        <div className="max-w-xl">
          <SelectField
            name="inputs"
            label={t("editor.addInput")}
            value=""
            options={[{ value: "", label: t("editor.chooseFact") }, ...left.map(({ name }) => ({ value: name, label: `${nameOf(name)} (${name})` }))]}
            onChange={(name) => name && change({ ...draft, inputs: [...draft.inputs, name] })}
          />
        </div>
      )}
      <FlawsAt editing={editing} place="inputs" />
    </fieldset>
  );
}

function FieldType({ field }: { field: RuleField | undefined }) {
  const { t } = useTranslation();
  if (!field) return null;
  const type = field.type === "choice" ? t("editor.about_choice", { choices: field.choices.join(", ") }) : t(`editor.about_${field.type}`);
  return (
    <span className="block text-xs text-muted wrap-anywhere">
      {type}
      {field.optional && ` · ${t("editor.optional")}`}
    </span>
  );
}
