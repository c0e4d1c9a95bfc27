import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { publishRule } from "~/api/queries/compliance";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Choice } from "~/ui/Choice";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { useRefreshRules } from "./useRuleStep";

const MINUTES = "YYYY-MM-DDTHH:MM".length;

/** Publishes an approved version: now, or on a day and time. */
export function PublishButton({ id }: { id: string }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const [when, setWhen] = useState<"now" | "then">("now");
  const [missing, setMissing] = useState(false);
  const refresh = useRefreshRules();
  const publish = useMutation({
    mutationFn: (from: string | null) => publishRule(id, from),
    onSuccess: () => {
      setAsking(false);
      return refresh();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const moment = String(new FormData(event.currentTarget).get("moment") ?? "");
    setMissing(when === "then" && moment === "");
    if (when === "now") publish.mutate(null);
    // As all moments here, it is one of UTC.
    else if (moment !== "") publish.mutate(`${moment.slice(0, MINUTES)}:00Z`);
  };
  return (
    <>
      <Button look="main" onClick={() => setAsking(true)}>
        {t("version.publish")}
      </Button>
      <Dialog title={t("version.publish")} open={asking} onClose={() => setAsking(false)}>
        <form noValidate onSubmit={submit} className="space-y-4 p-4 text-sm">
          <p>{t("version.publishLead")}</p>
          <Choice
            label={t("version.publish")}
            value={when}
            options={[
              { value: "now", label: t("version.fromNow") },
              { value: "then", label: t("version.fromThen") },
            ]}
            onChoose={setWhen}
          />
          {when === "then" && <Field name="moment" type="datetime-local" label={t("version.moment")} error={missing ? t("version.momentNeeded") : undefined} />}
          <Done error={publish.error} />
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={() => setAsking(false)}>{t("form.cancel")}</Button>
            <Button type="submit" look="main" disabled={publish.isPending}>
              {t("version.publish")}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
