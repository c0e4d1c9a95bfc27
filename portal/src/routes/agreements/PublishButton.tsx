import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { type Publication, publishAgreement } from "~/api/queries/agreements";
import type { Agreement } from "~/api/types";
import { LANGUAGE_CODES } from "~/i18n";
import { today } from "~/i18n/dates";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { useForm } from "~/ui/useForm";
import { SelectField } from "../staff/parts/SelectField";

/** Publishes a version of an agreement, which is asked of every partner from its day on. */
export function PublishButton() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const publish = useMutation({
    mutationFn: publishAgreement,
    onSuccess: () => {
      setAsking(false);
      return queryClient.invalidateQueries({ queryKey: ["agreements"] });
    },
  });
  const ask = () => {
    publish.reset();
    setAsking(true);
  };
  return (
    <>
      <Button look="main" onClick={ask}>
        {t("agreements.publish")}
      </Button>
      <Dialog title={t("agreements.publish")} open={asking} onClose={() => setAsking(false)}>
        <NewVersion busy={publish.isPending} error={publish.error} onFilled={publish.mutate} />
      </Dialog>
    </>
  );
}

function NewVersion({ busy, error, onFilled }: { busy: boolean; error: unknown; onFilled: (publication: Publication) => void }) {
  const { t, language } = useTranslation();
  const [spoken, setSpoken] = useState<Agreement["language"]>(language);
  const file = useRef<HTMLInputElement>(null);
  const { submit, missing } = useForm(["title", "name", "version", "effective"], ({ title, name, version, effective }) => {
    const chosen = file.current?.files?.[0];
    if (chosen) onFilled({ title, name, version: Number(version), effective_on: effective, language: spoken, file: chosen });
    else file.current?.focus();
  });
  const needed = (name: string) => (missing === name ? t("confirm.needed") : undefined);
  return (
    <form noValidate onSubmit={submit} className="space-y-4 p-4 text-sm">
      <p>{t("agreements.publishLead")}</p>
      <Field name="title" label={t("agreements.title")} maxLength={200} error={needed("title")} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field name="name" label={t("agreements.name")} hint={t("agreements.nameHint")} maxLength={60} pattern="[a-z][a-z0-9\-]*" defaultValue="partner-agreement" error={needed("name")} />
        <Field name="version" label={t("agreements.version")} type="number" min={1} defaultValue={1} error={needed("version")} />
        <SelectField label={t("agreements.language")} value={spoken} options={LANGUAGE_CODES.map((one) => ({ value: one, label: t(`language.${one}`) }))} onChange={(chosen) => setSpoken(chosen as Agreement["language"])} />
        <Field name="effective" label={t("agreements.effective")} type="date" min={today()} defaultValue={today()} error={needed("effective")} />
      </div>
      <label className="block">
        <span className="mb-1 block font-medium">{t("agreements.text")}</span>
        <input ref={file} type="file" required accept=".md,.txt,.pdf,text/markdown,text/plain,application/pdf" className="w-full text-sm" />
      </label>
      <Done error={error} />
      <div className="flex justify-end">
        <Button type="submit" look="main" disabled={busy}>
          {t("agreements.publish")}
        </Button>
      </div>
    </form>
  );
}
