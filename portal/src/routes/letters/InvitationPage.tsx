import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams, useRouter } from "@tanstack/react-router";
import { acceptInvitation, invitationQuery } from "~/api/queries/letters";
import { sessionQuery } from "~/api/queries/session";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Loading } from "~/ui/Loading";
import { Notice } from "~/ui/Notice";
import { PageHeader } from "~/ui/PageHeader";
import { Trouble } from "~/ui/Trouble";
import { Door } from "./Door";
import { hasEnded, PasswordChoice } from "./PasswordChoice";

export function InvitationPage() {
  const { token } = useParams({ from: "/invitation/$token" });
  return (
    <Door>
      <Invitation token={token} />
    </Door>
  );
}

function Invitation({ token }: { token: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const router = useRouter();
  const queryClient = useQueryClient();
  const { data, error, refetch } = useQuery(invitationQuery(token));
  const accept = useMutation({
    mutationFn: (password: string) => acceptInvitation(token, password),
    onSuccess: (viewer) => {
      // Whoever was signed in here before is not any more, nor is what they saw.
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, viewer);
      router.history.replace("/");
    },
  });
  if (hasEnded(error)) {
    return (
      <>
        <PageHeader title={t("letters.invitation")} />
        <Notice tone="wait" title={t("letters.ended")}>
          {t("letters.invitationEnded")}{" "}
          <Link to="/sign-in" className="font-medium text-accent hover:underline">
            {t("letters.toSignIn")}
          </Link>
        </Notice>
      </>
    );
  }
  if (error) return <Trouble error={error} onRetry={refetch} />;
  if (!data) return <Loading />;
  return (
    <>
      <PageHeader title={t("letters.invitation")}>
        {data.partner_name ? t("letters.invitationOf", { partner: data.partner_name }) : t("letters.invitationOfStaff")}{" "}
        {t("letters.invitationLead", { login: data.login, until: format.time(data.expires_at) })}
      </PageHeader>
      <PasswordChoice
        login={data.login}
        submit={t("letters.accept")}
        busy={accept.isPending}
        error={accept.error}
        onChosen={accept.mutate}
      />
    </>
  );
}
