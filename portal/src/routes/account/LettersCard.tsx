import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changeOneself, oneselfQuery } from "~/api/queries/account";
import type { Oneself } from "~/api/types";
import { LANGUAGE_CODES } from "~/i18n";
import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { Done } from "~/ui/Done";
import { SelectField } from "../staff/parts/SelectField";

type Asked = Parameters<typeof changeOneself>[0];

const CHOICES = ["statements", "payouts", "documents"] as const;

/** In which language letters come, and which of them. */
export function LettersCard() {
  const { t } = useTranslation();
  const { data: oneself } = useQuery(oneselfQuery);
  const queryClient = useQueryClient();
  // What was asked for shows at once: a mutation is pending a moment after the click, in which a box would jump back.
  const [asked, setAsked] = useState<Asked>({});
  const change = useMutation({
    mutationFn: changeOneself,
    onSuccess: (changed) => queryClient.setQueryData(oneselfQuery.queryKey, changed),
    onSettled: () => setAsked({}),
  });
  if (!oneself) return null;
  const { language, muted: silent } = { ...oneself, ...asked };
  const ask = (parts: Asked) => {
    setAsked(parts);
    change.mutate(parts);
  };
  const muted = new Set(silent);
  const turn = (choice: Oneself["muted"][number]) => ask({ muted: CHOICES.filter((one) => muted.has(one) !== (one === choice)) });
  return (
    <Card title={t("mail.title")} lead={oneself.email ? t("mail.lead", { email: oneself.email }) : t("mail.none")}>
      <div className="max-w-sm space-y-4 text-sm">
        <SelectField
          label={t("mail.language")}
          value={language}
          options={LANGUAGE_CODES.map((one) => ({ value: one, label: t(`language.${one}`) }))}
          onChange={(chosen) => ask({ language: chosen as Oneself["language"] })}
        />
        {oneself.role === "partner" && (
          <fieldset>
            <legend className="mb-2 font-medium">{t("mail.which")}</legend>
            {CHOICES.map((choice) => (
              <label key={choice} className="flex items-start gap-2.5 py-1.5">
                <input type="checkbox" checked={!muted.has(choice)} onChange={() => turn(choice)} className="mt-0.5 size-4" />
                {t(`mail.choice_${choice}`)}
              </label>
            ))}
            <label className="flex items-start gap-2.5 py-1.5 text-muted">
              <input type="checkbox" checked disabled className="mt-0.5 size-4" />
              {t("mail.security")}
            </label>
          </fieldset>
        )}
        <Done error={change.error} done={change.isSuccess && t("mail.saved")} />
      </div>
    </Card>
  );
}
