import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { confirmReset } from "~/api/queries/letters";
import { sessionQuery } from "~/api/queries/session";
import { useTranslation } from "~/i18n/useTranslation";
import { Notice } from "~/ui/Notice";
import { PageHeader } from "~/ui/PageHeader";
import { Door } from "./Door";
import { hasEnded, PasswordChoice } from "./PasswordChoice";

/** Sets a new password by the link of a letter. */
export function ResetPage() {
  const { t } = useTranslation();
  const { token } = useParams({ from: "/reset/$token" });
  const queryClient = useQueryClient();
  const reset = useMutation({
    mutationFn: (password: string) => confirmReset(token, password),
    // Every session has ended, the one of this browser too.
    onSuccess: () => queryClient.removeQueries({ queryKey: sessionQuery.queryKey }),
  });
  return (
    <Door>
      <PageHeader title={t("letters.reset")}>{!reset.isSuccess && t("letters.resetLead")}</PageHeader>
      {reset.isSuccess ? (
        <Notice tone="good" title={t("letters.resetDone")}>
          <Link to="/sign-in" className="font-medium text-accent hover:underline">
            {t("letters.toSignIn")}
          </Link>
        </Notice>
      ) : (
        <PasswordChoice submit={t("letters.set")} busy={reset.isPending} error={reset.error} onChosen={reset.mutate} />
      )}
      {hasEnded(reset.error) && (
        <p className="mt-6 text-sm">
          <Link to="/forgot" className="font-medium text-accent hover:underline">
            {t("letters.askAgain")}
          </Link>
        </p>
      )}
    </Door>
  );
}
