import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { endSession, sessionsQuery } from "~/api/queries/account";
import type { SessionEntry } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Badge } from "~/ui/Badge";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Done } from "~/ui/Done";
import { Loading } from "~/ui/Loading";
import { Trouble } from "~/ui/Trouble";
import { deviceOf } from "./device";

/** Where the reader is signed in; what is not theirs they end. */
export function SessionsCard() {
  const { t } = useTranslation();
  const query = useQuery(sessionsQuery);
  const queryClient = useQueryClient();
  const end = useMutation({
    mutationFn: endSession,
    onSettled: () => queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
  return (
    <Card title={t("settings.sessions")} lead={t("settings.sessionsLead")}>
      {query.isPending && <Loading lines={2} />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      <ul className="divide-y divide-line">
        {query.data?.map((session) => (
          <li key={session.id} className="flex flex-wrap items-center justify-between gap-3 py-3 first:pt-0">
            <About session={session} />
            {session.current ? (
              <Badge tone="good">{t("settings.thisOne")}</Badge>
            ) : (
              <Button disabled={end.isPending} onClick={() => end.mutate(session.id)} aria-label={t("settings.endOf", { device: deviceOf(session.user_agent) })}>
                {t("settings.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Done error={end.error} />
    </Card>
  );
}

function About({ session }: { session: SessionEntry }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="min-w-0 text-sm">
      <span className="font-medium">{deviceOf(session.user_agent)}</span>{" "}
      <span className="text-muted">
        {session.address} · {t(`settings.by_${session.method}`)}
      </span>
      <span className="block text-xs text-muted">
        {t("settings.since", { since: format.time(session.created_at), until: format.time(session.expires_at) })}
      </span>
    </div>
  );
}
