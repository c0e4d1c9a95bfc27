import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changeDeal, claimOf, extendDeal, makeClaim, submitDeal, withdrawDeal } from "~/api/queries/deals";
import type { DealDetail, NewDeal } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { wallet } from "~/proof/wallet";
import { Confirm } from "~/routes/staff/parts/Confirm";
import { useMay, useViewer } from "~/routes/useViewer";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { useForm } from "~/ui/useForm";
import { useStatus } from "~/ui/useStatus";
import { DealForm } from "./DealForm";
import { Decide } from "./Decide";

/** What can be done with a registration next, and by whom. */
export function DealSteps({ deal }: { deal: DealDetail }) {
  const { t } = useTranslation();
  const words = useStatus("deal");
  const own = useViewer().partner_id !== null;
  const decides = useMay("channel:write");
  const refresh = useRefresh();
  const submit = useMutation({ mutationFn: () => submitDeal(deal.id), onSuccess: refresh });
  const editable = deal.status === "draft" || deal.status === "returned";
  const open = editable || deal.status === "submitted" || (deal.status === "approved" && !deal.customer_id);
  return (
    <div className="space-y-4 text-sm">
      <p>{words(deal.status).next}</p>
      <div className="flex flex-wrap gap-2">
        {own && editable && (
          <Button look="main" disabled={submit.isPending} onClick={() => submit.mutate()}>
            {t("deals.submit")}
          </Button>
        )}
        {own && editable && <Edit deal={deal} />}
        {own && deal.can_extend && <Extend deal={deal} />}
        {own && deal.claim === "awaits_signature" && <Sign deal={deal} />}
        {own && open && (
          <Confirm label={t("deals.withdraw")} run={() => withdrawDeal(deal.id).then(refresh)}>
            {t("deals.withdrawSure")}
          </Confirm>
        )}
        {decides && deal.status === "submitted" && <Decide deal={deal} />}
      </div>
      <Done error={submit.error} />
    </div>
  );
}

export function useRefresh() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ["deals"] });
}

function Edit({ deal }: { deal: DealDetail }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const [editing, setEditing] = useState(false);
  const change = useMutation({
    mutationFn: (body: NewDeal) => changeDeal(deal.id, body),
    onSuccess: () => {
      setEditing(false);
      return refresh();
    },
  });
  return (
    <>
      <Button onClick={() => setEditing(true)}>{t("deals.edit")}</Button>
      <Dialog title={t("deals.edit")} open={editing} onClose={() => setEditing(false)}>
        <div className="p-4">
          <DealForm deal={deal} busy={change.isPending} error={change.error} onFilled={change.mutate} />
        </div>
      </Dialog>
    </>
  );
}

/** Another sixty days, once, by a file that shows that the customer is worked on. */
function Extend({ deal }: { deal: DealDetail }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const [file, setFile] = useState<File>();
  const extend = useMutation({
    mutationFn: ({ note, proof }: { note: string; proof: File }) => extendDeal(deal.id, note, proof),
    onSuccess: () => {
      setAsking(false);
      return refresh();
    },
  });
  const { submit, missing } = useForm(["note"], ({ note }) => file && extend.mutate({ note, proof: file }));
  return (
    <>
      <Button look="main" onClick={() => setAsking(true)}>
        {t("deals.extend")}
      </Button>
      <Dialog title={t("deals.extend")} open={asking} onClose={() => setAsking(false)}>
        <form noValidate onSubmit={submit} className="space-y-4 p-4 text-sm">
          <p>{t("deals.extendLead")}</p>
          <Field name="note" label={t("deals.extensionNote")} maxLength={500} error={missing && t("deals.needed")} />
          <Field type="file" label={t("deals.extensionFile")} onChange={(event) => setFile(event.target.files?.[0])} />
          <Done error={extend.error} />
          <div className="flex justify-end">
            <Button type="submit" look="main" disabled={extend.isPending || !file}>
              {t("deals.extend")}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}

/** The partner's own wallet claims the customer on the chain. */
function Sign({ deal }: { deal: DealDetail }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const sign = useMutation({ mutationFn: () => signBy(deal.id), onSuccess: refresh });
  const there = wallet() !== undefined;
  return (
    <>
      <Button look="main" disabled={!there || sign.isPending} onClick={() => sign.mutate()}>
        {t("deals.sign")}
      </Button>
      {!there && <p className="w-full text-muted">{t("deals.signNoWallet")}</p>}
      <Done error={sign.error} />
    </>
  );
}

async function signBy(dealId: string) {
  const found = wallet();
  if (!found) throw new Error("no wallet");
  const [address = ""] = await found.request<string[]>({ method: "eth_requestAccounts" });
  const { typed_data, deadline } = await claimOf(dealId);
  const signature = await found.request<string>({ method: "eth_signTypedData_v4", params: [address, JSON.stringify(typed_data)] });
  return makeClaim(dealId, { deadline, signature });
}
