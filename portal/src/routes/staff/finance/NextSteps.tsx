import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { periodsQuery, runsQuery } from "~/api/queries/finance";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { Loading } from "~/ui/Loading";
import { Trouble } from "~/ui/Trouble";
import { LINK } from "../parts/values";
import { nextPeriods } from "./next";

/** What waits for finance: the month to close or to lock, and runs on their way to the bank. */
export function NextSteps() {
  const { t } = useTranslation();
  const format = useFormat();
  const periods = useQuery(periodsQuery);
  const runs = useQuery(runsQuery({}));
  const failed = [periods, runs].find((query) => query.isError);
  const waiting = runs.data?.data.filter(({ status }) => status === "prepared" || status === "approved" || status === "sent");
  const months = periods.data && nextPeriods(periods.data);
  return (
    <Card title={t("next.title")}>
      {failed && <Trouble error={failed.error} onRetry={() => void failed.refetch()} />}
      {!failed && !(months && waiting) && <Loading lines={2} />}
      {months && waiting && (
        <ul className="space-y-2 text-sm">
          {months.toClose && (
            <li>
              <Link to="/periods/$month" params={{ month: months.toClose }} className={LINK}>
                {t("next.close", { month: format.month(months.toClose) })}
              </Link>
            </li>
          )}
          {months.toLock && (
            <li>
              <Link to="/periods/$month" params={{ month: months.toLock }} className={LINK}>
                {t("next.lock", { month: format.month(months.toLock) })}
              </Link>
            </li>
          )}
          {waiting.map(({ id, pays_on: paysOn, status }) => (
            <li key={id}>
              <Link to="/payout-runs/$runId" params={{ runId: id }} className={LINK}>
                {t(`next.${status as "prepared" | "approved" | "sent"}`, { day: format.day(paysOn) })}
              </Link>
            </li>
          ))}
          {!months.toClose && !months.toLock && waiting.length === 0 && <li className="text-muted">{t("next.nothing")}</li>}
        </ul>
      )}
    </Card>
  );
}
