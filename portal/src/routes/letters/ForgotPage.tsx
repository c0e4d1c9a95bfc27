import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { askReset } from "~/api/queries/letters";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { Notice } from "~/ui/Notice";
import { PageHeader } from "~/ui/PageHeader";
import { useForm } from "~/ui/useForm";
import { Door } from "./Door";

/** Asks for a link to a new password. Whoever asks is told the same, whether there is such a member or not. */
export function ForgotPage() {
  const { t } = useTranslation();
  const ask = useMutation({ mutationFn: askReset });
  const { submit, missing } = useForm(["login"], ({ login }) => ask.mutate(login));
  return (
    <Door>
      <PageHeader title={t("letters.forgot")}>{t("letters.forgotLead")}</PageHeader>
      {ask.isSuccess ? (
        <Notice tone="good" title={t("letters.asked")}>
          {t("letters.askedMore")}
        </Notice>
      ) : (
        <form noValidate onSubmit={submit} className="space-y-4">
          <Field
            name="login"
            label={t("letters.login")}
            autoComplete="username"
            maxLength={200}
            error={missing ? t("letters.needed") : undefined}
          />
          <Done error={ask.error} done={false} />
          <Button type="submit" look="main" disabled={ask.isPending}>
            {t("letters.ask")}
          </Button>
        </form>
      )}
      <p className="mt-6 text-sm">
        <Link to="/sign-in" className="font-medium text-accent hover:underline">
          {t("letters.toSignIn")}
        </Link>
      </p>
    </Door>
  );
}
