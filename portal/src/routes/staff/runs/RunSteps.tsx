import { useMutation, useQueryClient } from "@tanstack/react-query";
import { approveRun, bankFile, cancelRun, type FileFormat, rejectRun } from "~/api/queries/finance";
import type { RunWithHistory } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { useMay, useViewer } from "~/routes/useViewer";
import { Button } from "~/ui/Button";
import { Done } from "~/ui/Done";
import { useStatus } from "~/ui/useStatus";
import { Confirm } from "../parts/Confirm";
import { AnswerButton } from "./AnswerButton";
import { save } from "./save";
import { stepsOf } from "./steps";

const FORMATS: readonly FileFormat[] = ["pain.001", "csv"];

/** What can be done with a run next, by whom; who may not is told why. */
export function RunSteps({ run }: { run: RunWithHistory }) {
  const { t } = useTranslation();
  const words = useStatus("run");
  const writes = useMay("books:write");
  const { login } = useViewer();
  const queryClient = useQueryClient();
  const refresh = () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: ["payout-runs"] }),
      queryClient.invalidateQueries({ queryKey: ["payouts"] }),
    ]);
  const file = useMutation({
    mutationFn: (format: FileFormat) => bankFile(run.id, format),
    onSuccess: (made) => {
      save(made);
      return refresh();
    },
  });
  const steps = stepsOf(run, login);
  return (
    <div className="space-y-4 text-sm">
      <p>{words(run.status).next}</p>
      {writes && (
        <>
          <div className="flex flex-wrap gap-2">
            {steps.approve && (
              <Confirm label={t("runs.approve")} look="main" disabled={steps.approve !== "yes"} describedBy="why-not" run={() => approveRun(run.id).then(refresh)}>
                {t("runs.approveSure")}
              </Confirm>
            )}
            {steps.reject && (
              <Confirm label={t("runs.reject")} reason={t("runs.reason")} run={(reason) => rejectRun(run.id, reason).then(refresh)}>
                {t("runs.rejectSure")}
              </Confirm>
            )}
            {steps.file &&
              FORMATS.map((format) => (
                <Button key={format} look={format === "pain.001" && run.status === "approved" ? "main" : "plain"} disabled={file.isPending} onClick={() => file.mutate(format)}>
                  {t("runs.file", { format })}
                </Button>
              ))}
            {steps.answer && <AnswerButton />}
            {steps.cancel && (
              <Confirm label={t("runs.cancel")} reason={t("runs.reason")} run={(reason) => cancelRun(run.id, reason).then(refresh)}>
                {t("runs.cancelSure")}
              </Confirm>
            )}
          </div>
          <p id="why-not" className="text-muted">
            {steps.approve === "own" && t("runs.ownRun")}
            {steps.approve === "empty" && t("runs.emptyRun")}
          </p>
          {steps.file && run.status === "approved" && <p className="text-muted">{t("runs.fileSends")}</p>}
          <Done error={file.error} />
        </>
      )}
    </div>
  );
}
