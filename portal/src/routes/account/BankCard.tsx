import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { payoutDetailsQuery, undoPayoutChange } from "~/api/queries/partner";
import type { PayoutDetails } from "~/api/types";
import { documents, useCodes } from "~/i18n/codes";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Badge } from "~/ui/Badge";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Loading } from "~/ui/Loading";
import { Notice } from "~/ui/Notice";
import { Trouble } from "~/ui/Trouble";
import { useMay } from "../useViewer";
import { BankForm } from "./BankForm";

/** Where the partner is paid, and the change that waits: it cools off, and anybody of the partner undoes it meanwhile. */
export function BankCard({ partnerId }: { partnerId: string }) {
  const { t } = useTranslation();
  const query = useQuery(payoutDetailsQuery(partnerId));
  const owner = useMay("partner:write");
  const [asking, setAsking] = useState(false);
  const details = query.data;
  const state = details?.account_hint && <Badge tone={details.verified ? "good" : "wait"}>{t(details.verified ? "bank.verified" : "bank.unverified")}</Badge>;
  return (
    <Card title={t("bank.title")} lead={t("bank.lead")} aside={state}>
      {query.isPending && <Loading lines={3} />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {details && (
        <div className="space-y-4">
          {details.account_hint ? <Present details={details} /> : <p className="text-sm">{t("bank.none")}</p>}
          {details.change && <Waiting partnerId={partnerId} change={details.change} pays={details.account_hint !== null && details.verified} />}
          {owner && <Button onClick={() => setAsking(true)}>{t(details.account_hint ? "bank.change" : "bank.first")}</Button>}
          <Dialog title={t(details.account_hint ? "bank.change" : "bank.first")} open={asking} onClose={() => setAsking(false)}>
            <BankForm details={details} onDone={() => setAsking(false)} />
          </Dialog>
        </div>
      )}
    </Card>
  );
}

function Present({ details }: { details: PayoutDetails }) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useCodes();
  return (
    <dl className="grid gap-x-6 gap-y-2 text-sm sm:grid-cols-[9rem_1fr]">
      <dt className="text-muted">{t("bank.account")}</dt>
      <dd className="money">… {details.account_hint}</dd>
      <dt className="text-muted">{t("field.country")}</dt>
      <dd>{details.country}</dd>
      {details.documents.map(({ kind, number, expires_on }) => (
        <div key={`${kind}:${number}`} className="contents">
          <dt className="text-muted">{word(documents, kind)}</dt>
          <dd>
            {number}
            {expires_on && <span className="text-muted"> · {t("bank.expires", { day: format.day(expires_on) })}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Waiting({ partnerId, change, pays }: { partnerId: string; change: NonNullable<PayoutDetails["change"]>; pays: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queryClient = useQueryClient();
  const writes = useMay("rows:write");
  const undo = useMutation({
    mutationFn: () => undoPayoutChange(partnerId),
    onSettled: () => queryClient.invalidateQueries({ queryKey: payoutDetailsQuery(partnerId).queryKey }),
  });
  const about = { hint: change.account_hint, login: change.asked_by, at: format.time(change.asked_at) };
  return (
    <Notice tone="wait" title={t("bank.waiting", { hint: change.account_hint })}>
      <p>{t("bank.askedBy", about)}</p>
      <p>{pays ? t(change.verified ? "bank.coolsVerified" : "bank.cools", { until: format.time(change.effective_at) }) : t("bank.waitsForFinance")}</p>
      <Done error={undo.error} />
      {writes && (
        <div className="mt-3">
          <Button disabled={undo.isPending} onClick={() => undo.mutate()}>
            {t("bank.undo")}
          </Button>
        </div>
      )}
    </Notice>
  );
}
