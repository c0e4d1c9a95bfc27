import { useQueryClient } from "@tanstack/react-query";
import { confirmFinding, decide, type FindingDetail, type FindingStep } from "~/api/queries/compliance";
import { useTranslation } from "~/i18n/useTranslation";
import { useMay } from "~/routes/useViewer";
import { Confirm } from "../parts/Confirm";

type Sure = "askSure" | "refuseSure" | "upholdSure" | "reopenSure";
type Name = "ask" | "refuse" | "uphold" | "reopen";

/** Which steps each state allows, in the order in which they are shown. */
const STEPS: Record<FindingDetail["state"], readonly FindingStep[]> = {
  open: ["override", "uphold"],
  override_asked: ["refuse", "uphold"],
  upheld: ["reopen"],
  overridden: ["reopen"],
  noted: ["uphold"],
  cleared: [],
};
const NAMES: Record<FindingStep, Name> = { override: "ask", refuse: "refuse", uphold: "uphold", reopen: "reopen" };

/** What people of compliance may decide about a finding now, and why not more. */
export function FindingSteps({ finding }: { finding: FindingDetail }) {
  const { t } = useTranslation();
  const acts = useMay("rules:write");
  const queryClient = useQueryClient();
  const refresh = () => Promise.all([["findings"], ["partners"], ["partner"]].map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  const locked = !finding.overridable && (finding.outcome === "HOLD" || finding.outcome === "BLOCK");
  const steps = STEPS[finding.state].filter((step) => step !== "override" || !locked);
  const asked = finding.state === "override_asked";
  if (STEPS[finding.state].length === 0) return <p className="text-sm text-muted">{t("finding.nothing")}</p>;
  return (
    <div className="space-y-4 text-sm">
      <p className="max-w-prose text-muted">{t(locked ? "finding.notOverridable" : finding.state === "noted" ? "finding.noted" : "finding.four")}</p>
      {!acts && <p>{t("finding.reader")}</p>}
      {acts && asked && finding.asked_by_me && <p id="asked-by-me">{t("finding.askedByMe")}</p>}
      {acts && (
        <div className="flex flex-wrap gap-2">
          {asked && (
            <Confirm
              label={t("finding.confirm")}
              look="main"
              disabled={finding.asked_by_me}
              {...(finding.asked_by_me && { describedBy: "asked-by-me" })}
              run={() => confirmFinding(finding.id).then(refresh)}
            >
              {t("finding.confirmSure")}
            </Confirm>
          )}
          {steps.map((step) => (
            <Confirm key={step} label={t(`finding.${NAMES[step]}`)} look={step === "override" ? "main" : "plain"} reason={t("finding.reason")} run={(reason) => decide(finding.id, step, reason).then(refresh)}>
              {t(`finding.${NAMES[step]}Sure` as `finding.${Sure}`)}
            </Confirm>
          ))}
        </div>
      )}
    </div>
  );
}
