import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { auditQuery, balanceOfMonthQuery, closePeriod, lockPeriod, periodQuery, runAudit } from "~/api/queries/finance";
import type { PeriodWithChecklist } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { useMay } from "~/routes/useViewer";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Done } from "~/ui/Done";
import { PageHeader } from "~/ui/PageHeader";
import { StatusBadge } from "~/ui/StatusBadge";
import { BalanceTable } from "../finance/BalanceTable";
import { Back } from "../parts/Back";
import { Confirm } from "../parts/Confirm";
import { Loaded } from "../parts/Loaded";
import { Checklist } from "./Checklist";
import { Checkpoint } from "./Checkpoint";

const AGAIN_MS = 2_000;

/** Nobody tells pages that a checkpoint came into its block, and it takes but a moment: so it is asked for. */
function awaitsBlock({ status, checkpoint }: PeriodWithChecklist): boolean {
  return status === "closed" && checkpoint?.block_number == null;
}

/** A month of the books: what stands before its closing, its closing, and its checkpoint on chain. */
export function PeriodPage() {
  const { month } = useParams({ from: "/app/periods/$month" });
  const format = useFormat();
  const query = useQuery({ ...periodQuery(month), refetchInterval: ({ state }) => (state.data && awaitsBlock(state.data) ? AGAIN_MS : false) });
  return (
    <>
      <Back to="/periods" label="nav.periods" />
      <PageHeader title={format.month(month)}>{query.data && <StatusBadge kind="period" status={query.data.status} />}</PageHeader>
      <div className="space-y-6">
        <Loaded query={query}>
          {(period) => (
            <div className="grid items-start gap-6 xl:grid-cols-2">
              <Closing period={period} />
              <Checkpoint period={period} />
            </div>
          )}
        </Loaded>
        <Balance month={month} />
      </div>
    </>
  );
}

function Closing({ period }: { period: PeriodWithChecklist }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queryClient = useQueryClient();
  const writes = useMay("books:write");
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["periods"] });
  const audit = useMutation({
    mutationFn: runAudit,
    onSuccess: (result) => {
      queryClient.setQueryData(auditQuery.queryKey, result);
      return refresh();
    },
  });
  const ready = period.checklist.every(({ ok }) => ok);
  const anchored = !awaitsBlock(period);
  const month = format.month(period.month);
  const unaudited = period.status === "open" && period.checklist.some(({ name, ok }) => name === "audited" && !ok);
  return (
    <Card title={t("periods.checklist")} lead={t(`periods.step_${period.status}`)}>
      {period.status === "open" && <Checklist items={period.checklist} />}
      <Done error={audit.error} />
      {writes && (
        <div className="mt-4 flex flex-wrap gap-2">
          {unaudited && (
            <Button disabled={audit.isPending} onClick={() => audit.mutate()}>
              {t(audit.isPending ? "finance.auditRunning" : "periods.runAudit")}
            </Button>
          )}
          {period.status === "open" && (
            <Confirm label={t("periods.close", { month })} look="main" disabled={!ready} run={() => closePeriod(period.month).then(refresh)}>
              {t("periods.closeSure")}
            </Confirm>
          )}
          {period.status === "closed" && (
            <Confirm label={t("periods.lock", { month })} look="main" disabled={!anchored} run={() => lockPeriod(period.month).then(refresh)}>
              {t("periods.lockSure")}
            </Confirm>
          )}
        </div>
      )}
      {period.status === "closed" && !anchored && <p className="mt-3 text-sm text-muted">{t("periods.waitsForAnchor")}</p>}
    </Card>
  );
}

function Balance({ month }: { month: string }) {
  const { t } = useTranslation();
  const query = useQuery(balanceOfMonthQuery(month));
  return (
    <Card title={t("finance.trial")} lead={t("periods.balanceLead")}>
      <Loaded query={query}>
        {(balance) => <BalanceTable balance={balance} days={{ from: `${month}-01`, to: balance.last_day }} />}
      </Loaded>
    </Card>
  );
}
