import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, judge, type Judging, openDispute, type Ruling, say, type Saying } from "~/api/queries/deals";
import type { DisputeDetail } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { Confirm } from "~/routes/staff/parts/Confirm";
import { SelectField } from "~/routes/staff/parts/SelectField";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Notice } from "~/ui/Notice";
import { useForm } from "~/ui/useForm";
import { useStatus } from "~/ui/useStatus";
import { TextArea } from "./TextArea";

type Action = DisputeDetail["actions"][number];

/** Steps that take words, in the order in which they are shown; the first that is possible is the main one. */
const SAYINGS = [
  ["respond", "response"],
  ["concede", "concession"],
  ["appeal", "appeal"],
  ["withdraw", "withdraw"],
  ["hold", "hold"],
  ["resume", "resume"],
  ["escalate", "escalation"],
] as const satisfies readonly (readonly [Action, Saying])[];
const JUDGINGS = [
  ["propose", "proposal"],
  ["rule", "ruling"],
  ["vote", "vote"],
] as const satisfies readonly (readonly [Action, Judging])[];
const RULINGS = ["keep", "transfer", "reverse"] as const satisfies readonly Ruling[];

/** What the server says that this reader may do now. */
export function DisputeSteps({ dispute }: { dispute: DisputeDetail }) {
  const { t } = useTranslation();
  const words = useStatus("dispute");
  const refresh = useRefresh();
  const open = useMutation({ mutationFn: () => openDispute(dispute.id), onSuccess: refresh });
  const may = (action: Action) => dispute.actions.includes(action);
  return (
    <div className="space-y-4 text-sm">
      <p>{words(dispute.status).next}</p>
      {dispute.proposal && <Proposal dispute={dispute} proposal={dispute.proposal} />}
      <div className="flex flex-wrap gap-2">
        {may("open") && (
          <Button look="main" disabled={open.isPending} onClick={() => open.mutate()}>
            {t("disputes.open")}
          </Button>
        )}
        {JUDGINGS.map(([action, step]) => may(action) && <Judge key={step} dispute={dispute} step={step} />)}
        {SAYINGS.map(
          ([action, step]) =>
            may(action) && (
              <Confirm
                key={step}
                label={t(`disputes.say.${action}`)}
                look={action === "respond" || action === "appeal" ? "main" : "plain"}
                reason={t("disputes.words")}
                run={(said) => say(dispute.id, step, said).then(refresh)}
              >
                {t(`disputes.sure.${action}`)}
              </Confirm>
            ),
        )}
      </div>
      <Done error={open.error} />
    </div>
  );
}

export function useRefresh() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ["disputes"] });
}

/** A way to end it, and who accepts it. */
function Proposal({ dispute, proposal }: { dispute: DisputeDetail; proposal: NonNullable<DisputeDetail["proposal"]> }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const reply = useMutation({ mutationFn: (accepts: boolean) => answer(dispute.id, accepts), onSuccess: refresh });
  const said = (accepts: boolean | null) => t(accepts === null ? "disputes.saidNothing" : accepts ? "disputes.saidYes" : "disputes.saidNo");
  return (
    <Notice tone="quiet" title={`${t("disputes.proposal")}: ${t(`disputes.rulings.${proposal.ruling}`)}`}>
      <p className="whitespace-pre-wrap">{proposal.reason}</p>
      <p className="mt-2 text-muted">
        {dispute.claimant.name}: {said(proposal.claimant)} · {dispute.respondent.name}: {said(proposal.respondent)}
      </p>
      {dispute.actions.includes("answer") && (
        <div className="mt-3 flex flex-wrap gap-2">
          <Button look="main" disabled={reply.isPending} onClick={() => reply.mutate(true)}>
            {t("disputes.accept")}
          </Button>
          <Button disabled={reply.isPending} onClick={() => reply.mutate(false)}>
            {t("disputes.decline")}
          </Button>
        </div>
      )}
      <Done error={reply.error} />
    </Notice>
  );
}

/** A proposal, a ruling or a vote: which way, and why, for both sides to read. */
function Judge({ dispute, step }: { dispute: DisputeDetail; step: Judging }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const [ruling, setRuling] = useState<Ruling>("keep");
  const send = useMutation({
    mutationFn: (reason: string) => judge(dispute.id, step, ruling, reason),
    onSuccess: () => {
      setAsking(false);
      return refresh();
    },
  });
  const { submit, missing } = useForm(["reason"], ({ reason }) => send.mutate(reason));
  return (
    <>
      <Button look="main" onClick={() => setAsking(true)}>
        {t(`disputes.judge.${step}`)}
      </Button>
      <Dialog title={t(`disputes.judge.${step}`)} open={asking} onClose={() => setAsking(false)}>
        <form noValidate onSubmit={submit} className="space-y-4 p-4 text-sm">
          <SelectField label={t("disputes.ruling")} value={ruling} onChange={(chosen) => setRuling(RULINGS.find((one) => one === chosen) ?? "keep")} options={RULINGS.map((value) => ({ value, label: t(`disputes.rulings.${value}`) }))} />
          <TextArea name="reason" label={t("disputes.why")} hint={t("disputes.whyHint")} maxLength={4_000} error={missing && t("deals.needed")} />
          <Done error={send.error} />
          <div className="flex justify-end">
            <Button type="submit" look="main" disabled={send.isPending}>
              {t(`disputes.judge.${step}`)}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
