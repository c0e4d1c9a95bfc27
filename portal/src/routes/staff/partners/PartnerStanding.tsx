import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { changeStanding } from "~/api/queries/channel";
import { standingQuery } from "~/api/queries/partner";
import type { Partner } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { useMay } from "~/routes/useViewer";
import { Card } from "~/ui/Card";
import { StatusBadge } from "~/ui/StatusBadge";
import { Confirm } from "../parts/Confirm";
import { Loaded } from "../parts/Loaded";
import { LINK } from "../parts/values";

/** Whether a partner is paid, and the step that changes it. */
export function PartnerStanding({ partner }: { partner: Partner }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queryClient = useQueryClient();
  const writes = useMay("channel:write");
  const query = useQuery(standingQuery(partner.id));
  const change = (step: "suspend" | "reinstate") => (reason: string) =>
    changeStanding(partner.id, step, reason).then((changed) => {
      queryClient.setQueryData(standingQuery(partner.id).queryKey, changed);
      return queryClient.invalidateQueries({ queryKey: ["partner"] });
    });
  return (
    <Card title={t("partners.standing")} lead={t("partners.standingLead")} aside={query.data && <StatusBadge kind="partner" status={query.data.status} />}>
      <Loaded query={query}>
        {({ status, on_chain, reason, at }) => {
          const suspended = status === "suspended";
          return (
            <div className="space-y-3 text-sm">
              {reason !== null && at !== null && <p>{t(suspended ? "partners.suspendedAt" : "partners.reinstatedAt", { at: format.time(at), reason })}</p>}
              {status !== on_chain && status !== "pending" && <p className="text-muted">{t("partners.chainFollows")}</p>}
              <Link to="/risks" search={{ partner: partner.id }} className={`${LINK} block w-fit`}>
                {t("partners.findings")}
              </Link>
              {writes && (
                <Confirm key={status} label={t(suspended ? "partners.reinstate" : "partners.suspend")} reason={t("partners.reason")} run={change(suspended ? "reinstate" : "suspend")}>
                  {t(suspended ? "partners.reinstateSure" : "partners.suspendSure")}
                </Confirm>
              )}
            </div>
          );
        }}
      </Loaded>
    </Card>
  );
}
