import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { Field } from "~/ui/Field";
import { type Editing, FlawsAt, useTroubleAt } from "./editing";

/** The numbers of a rule that the program computes, each between its bounds. */
export function SettingsEditor({ editing }: { editing: Editing }) {
  const { t } = useTranslation();
  const trouble = useTroubleAt(editing);
  const { draft, vocabulary, change } = editing;
  return (
    <Card title={t("version.settings")} lead={t("version.settingsLead")}>
      {vocabulary.settings.length === 0 && <p className="text-sm text-muted">{t("version.noSettings")}</p>}
      <div className="grid items-start gap-4 sm:grid-cols-2 xl:grid-cols-3">
        {vocabulary.settings.map(({ name, least, most }) => (
          <Field
            key={name}
            name={`settings.${name}`}
            label={name}
            inputMode="numeric"
            hint={t("version.bounds", { least, most })}
            value={draft.settings[name] ?? ""}
            onChange={(event) => change({ ...draft, settings: { ...draft.settings, [name]: event.target.value.trim() } })}
            error={trouble(`settings.${name}`, t("editor.between", { least, most }))}
          />
        ))}
      </div>
      <FlawsAt editing={editing} place="settings" />
      <FlawsAt editing={editing} place="rows" />
    </Card>
  );
}
