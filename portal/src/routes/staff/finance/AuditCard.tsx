import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "~/i18n/useTranslation";
import { auditQuery, runAudit } from "~/api/queries/finance";
import type { Audit, Check } from "~/api/types";
import { checks, useCodes } from "~/i18n/codes";
import { useFormat } from "~/i18n/useFormat";
import { useMay } from "~/routes/useViewer";
import { Badge } from "~/ui/Badge";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Loading } from "~/ui/Loading";
import { Trouble } from "~/ui/Trouble";

/** Whether the books say what the chain says; and the button to ask again. */
export function AuditCard() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const query = useQuery(auditQuery);
  const run = useMutation({
    mutationFn: runAudit,
    onSuccess: (audit) => queryClient.setQueryData(auditQuery.queryKey, audit),
  });
  const writes = useMay("books:write");
  const button = writes && (
    <Button look="main" disabled={run.isPending} onClick={() => run.mutate()}>
      {t(run.isPending ? "finance.auditRunning" : "finance.auditRun")}
    </Button>
  );
  return (
    <Card title={t("finance.audit")} lead={t("finance.auditLead")} aside={button}>
      {run.isPending && <progress aria-label={t("finance.auditRunning")} className="mb-4 block h-1.5 w-full accent-accent" />}
      {run.isError && <Trouble error={run.error} onRetry={() => run.mutate()} />}
      {query.isPending && <Loading />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && (query.data ? <Result audit={query.data} /> : <p className="text-sm text-muted">{t("finance.auditNever")}</p>)}
    </Card>
  );
}

function Result({ audit }: { audit: Audit }) {
  const { t } = useTranslation();
  const format = useFormat();
  const facts = { time: format.time(audit.ran_at), block: format.count(audit.block_number), seconds: format.count(audit.seconds) };
  return (
    <div aria-live="polite">
      <p className={`rounded-lg px-4 py-3 ${audit.ok ? "bg-good-soft" : "bg-bad-soft"}`}>
        <strong className={`block font-semibold ${audit.ok ? "text-good" : "text-bad"}`}>
          {t(audit.ok ? "finance.auditOk" : "finance.auditBad")}
        </strong>
        <span className="text-sm text-muted">{t("finance.auditRan", facts)}</span>
      </p>
      <ul className="mt-2 divide-y divide-line text-sm">
        {audit.checks.map((check) => (
          <CheckItem key={check.name} check={check} />
        ))}
      </ul>
    </div>
  );
}

function CheckItem({ check }: { check: Check }) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useCodes();
  return (
    <li className="flex items-start justify-between gap-4 py-3">
      <div className="min-w-0">
        <p className="font-medium">{word(checks, check.name)}</p>
        <p className="text-muted">{t("finance.checkCompared", { compared: format.count(check.compared) })}</p>
        {check.erased > 0 && <p className="text-muted">{t("finance.checkErased", { erased: format.count(check.erased) })}</p>}
        {check.first_difference && <p className="mt-1 break-words text-bad">{t("finance.checkFirst", { first: check.first_difference })}</p>}
      </div>
      <Badge tone={check.ok ? "good" : "bad"}>
        {check.ok ? t("finance.checkSame") : t("finance.checkDifferences", { differences: format.count(check.differences) })}
      </Badge>
    </li>
  );
}
