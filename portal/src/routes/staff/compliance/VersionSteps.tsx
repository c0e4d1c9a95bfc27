import { Link, useRouter } from "@tanstack/react-router";
import { rollBackRule, type RuleDetail, type RuleVersion, stepRule, withdrawRule } from "~/api/queries/compliance";
import { useTranslation } from "~/i18n/useTranslation";
import { useMay } from "~/routes/useViewer";
import { Button } from "~/ui/Button";
import { Done } from "~/ui/Done";
import { Notice } from "~/ui/Notice";
import { useStatus } from "~/ui/useStatus";
import { Confirm } from "../parts/Confirm";
import { DraftLink } from "./DraftLink";
import { PublishButton } from "./PublishButton";
import { useRefreshRules, useRuleStep } from "./useRuleStep";

export const OPEN = ["draft", "checked", "tested", "approved"] as const satisfies readonly RuleVersion["state"][];
const isOpen = (version: RuleVersion) => OPEN.some((state) => state === version.state);

/** The steps that a version's state allows. */
export function VersionSteps({ rule, version }: { rule: RuleDetail; version: RuleVersion }) {
  const { t } = useTranslation();
  const next = useStatus("rule")(version.state).next;
  const acts = useMay("rules:write");
  const router = useRouter();
  const refresh = useRefreshRules();
  const { run, done, broken } = useRuleStep(version.id);
  const { state, mine } = version;
  const wasInForce = state === "published" && rule.in_force !== null && version.version < rule.in_force.version;
  const rollBack = async (reason: string) => {
    const made = await rollBackRule(version.id, reason);
    await refresh();
    await router.navigate({ to: "/rule-versions/$versionId", params: { versionId: made.id } });
  };
  return (
    <div className="space-y-4 text-sm">
      <p>{next}</p>
      {acts && state === "tested" && mine && <p id="mine">{t("version.mine")}</p>}
      {acts && (
        <div className="flex flex-wrap items-center gap-2">
          {(state === "draft" || state === "checked") && (
            <Button look={state === "draft" ? "main" : "plain"} disabled={run.isPending} onClick={() => run.mutate("check")}>
              {t("version.check")}
            </Button>
          )}
          {state === "checked" && (
            <Button look="main" disabled={run.isPending} onClick={() => run.mutate("test")}>
              {t("version.test")}
            </Button>
          )}
          {state === "tested" && (
            <Confirm label={t("version.approve")} look="main" disabled={mine} {...(mine && { describedBy: "mine" })} run={() => stepRule(version.id, "approve").then(refresh)}>
              {t("version.approveSure")}
            </Confirm>
          )}
          {state === "approved" && <PublishButton id={version.id} />}
          {isOpen(version) && (
            <Link
              to="/rule-versions/$versionId/edit"
              params={{ versionId: version.id }}
              className="inline-flex min-h-9 items-center rounded-md border border-line bg-surface px-3.5 py-1.5 font-medium hover:bg-sunken"
            >
              {t("version.edit")}
            </Link>
          )}
          {isOpen(version) && (
            <Confirm label={t("version.withdraw")} reason={t("version.reason")} run={(reason) => withdrawRule(version.id, reason).then(refresh)}>
              {t("version.withdrawSure")}
            </Confirm>
          )}
          {!isOpen(version) && <DraftLink rule={rule} versionId={version.id} />}
          {wasInForce && !rule.open && (
            <Confirm label={t("version.rollBack")} reason={t("version.reason")} run={rollBack}>
              {t("version.rollBackSure")}
            </Confirm>
          )}
        </div>
      )}
      {broken && !run.error ? (
        <div role="alert">
          <Notice tone="bad">{done}</Notice>
        </div>
      ) : (
        <Done error={run.error} done={done} />
      )}
    </div>
  );
}
