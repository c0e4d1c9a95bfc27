import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { Field } from "~/ui/Field";
import { CheckField, type Editing, FlawsAt, useTroubleAt } from "./editing";

const MOST = 400;

/** What a rule is called, where it comes from, and whether it is on. */
export function AboutEditor({ editing, isNew }: { editing: Editing; isNew: boolean }) {
  const { t } = useTranslation();
  const trouble = useTroubleAt(editing);
  const { draft, change } = editing;
  const { title, law } = draft;
  const ofLaw = (part: Partial<typeof law>) => change({ ...draft, law: { ...law, ...part } });
  return (
    <Card title={t("editor.about")}>
      <div className="grid items-start gap-4 md:grid-cols-2">
        {isNew && (
          <div className="md:col-span-2">
            <Field name="code" label={t("editor.code")} hint={t("editor.codeHint")} maxLength={16} value={draft.code} onChange={(event) => change({ ...draft, code: event.target.value.trim() })} error={trouble("code", t("editor.codeHint"))} />
          </div>
        )}
        <Field name="title.en" lang="en" label={t("editor.titleEn")} maxLength={MOST} value={title.en} onChange={(event) => change({ ...draft, title: { ...title, en: event.target.value } })} error={trouble("title.en")} />
        <Field name="title.zh" lang="zh-CN" label={t("editor.titleZh")} maxLength={MOST} value={title.zh} onChange={(event) => change({ ...draft, title: { ...title, zh: event.target.value } })} error={trouble("title.zh")} />
        <div className="md:col-span-2">
          <Field name="law.name" label={t("editor.lawName")} maxLength={MOST} value={law.name} onChange={(event) => ofLaw({ name: event.target.value })} error={trouble("law.name")} />
        </div>
        <Field name="law.version" label={t("editor.lawVersion")} maxLength={MOST} value={law.version} onChange={(event) => ofLaw({ version: event.target.value })} error={trouble("law.version")} />
        <Field name="law.in_force" type="date" label={t("editor.lawSince")} value={law.in_force} onChange={(event) => ofLaw({ in_force: event.target.value })} error={trouble("law.in_force")} />
        <div className="md:col-span-2">
          <CheckField label={t("editor.verified")} checked={law.verified} onChange={(verified) => ofLaw({ verified })} />
          <CheckField label={t("editor.enabled")} checked={draft.enabled} onChange={(enabled) => change({ ...draft, enabled })} />
          <CheckField label={t("editor.overridable")} checked={draft.overridable} onChange={(overridable) => change({ ...draft, overridable })} />
        </div>
      </div>
      {!isNew && <FlawsAt editing={editing} place="code" />}
      <FlawsAt editing={editing} place="point" />
    </Card>
  );
}
