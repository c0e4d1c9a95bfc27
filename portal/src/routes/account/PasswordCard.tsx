import { useMutation, useQueryClient } from "@tanstack/react-query";
import { changePassword, sessionsQuery } from "~/api/queries/account";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { useForm } from "~/ui/useForm";

const LEAST = 12;

export function PasswordCard() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: ({ current, next }: { current: string; next: string }) => changePassword(current, next),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
  const { submit, missing } = useForm(["current", "next"], (values, form) => {
    change.mutate(values, { onSuccess: () => form.reset() });
  });
  const needed = (name: "current" | "next") => (missing === name ? t("settings.needed") : undefined);
  return (
    <Card title={t("settings.password")} lead={t("settings.passwordLead")}>
      <form noValidate onSubmit={submit} className="max-w-sm space-y-4">
        <Field name="current" type="password" label={t("settings.current")} autoComplete="current-password" error={needed("current")} />
        <Field
          name="next"
          type="password"
          label={t("settings.next")}
          hint={t("settings.nextHint", { least: LEAST })}
          minLength={LEAST}
          autoComplete="new-password"
          error={needed("next")}
        />
        <Done error={change.error} done={change.isSuccess && t("settings.passwordChanged")} />
        <Button type="submit" disabled={change.isPending}>
          {t("settings.change")}
        </Button>
      </form>
    </Card>
  );
}
