import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { takeInAnswer } from "~/api/queries/finance";
import type { Answer } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { LINK } from "../parts/values";

/** Takes in the bank's answer file: all rows of it, or none with the row and the reason. */
export function AnswerButton() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const take = useMutation({
    mutationFn: takeInAnswer,
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: ["payout-runs"] }),
        queryClient.invalidateQueries({ queryKey: ["payouts"] }),
      ]),
  });
  const send = () => {
    const chosen = file.current?.files?.[0];
    if (chosen) take.mutate(chosen);
    else file.current?.focus();
  };
  return (
    <>
      <Button
        onClick={() => {
          take.reset();
          setAsking(true);
        }}
      >
        {t("runs.answer")}
      </Button>
      <Dialog title={t("runs.answer")} open={asking} onClose={() => setAsking(false)}>
        <div className="space-y-4 p-4 text-sm">
          <p>{t("runs.answerLead")}</p>
          <label className="block">
            <span className="mb-1 block font-medium">{t("runs.answerFile")}</span>
            <input ref={file} type="file" accept=".csv,.xml,text/csv,application/xml" className="w-full text-sm" onChange={() => take.reset()} />
          </label>
          <Done error={take.error} done={take.data && <Outcome answer={take.data} />} />
          <div className="flex justify-end">
            <Button look="main" disabled={take.isPending} onClick={send}>
              {t("runs.answerSend")}
            </Button>
          </div>
        </div>
      </Dialog>
    </>
  );
}

const OUTCOMES = [
  ["payouts_paid", "runs.answeredPaid", "sent"],
  ["payouts_failed", "runs.answeredFailed", "failed"],
  ["payouts_bounced", "runs.answeredBounced", "returned"],
  ["payouts_unchanged", "runs.answeredUnchanged", undefined],
] as const;

function Outcome({ answer }: { answer: Answer }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      {answer.replayed && <p className="mb-1">{t("runs.answeredBefore")}</p>}
      <ul>
        {OUTCOMES.map(([name, label, status]) => (
          <li key={name} className="flex justify-between gap-4">
            {status && answer[name] > 0 ? (
              <Link to="/payouts" search={{ status }} className={LINK}>
                {t(label)}
              </Link>
            ) : (
              <span>{t(label)}</span>
            )}
            <span className="money">{format.count(answer[name])}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
