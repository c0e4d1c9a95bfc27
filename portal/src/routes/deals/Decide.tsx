import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { plansQuery } from "~/api/queries/channel";
import { type Decision, decideDeal } from "~/api/queries/deals";
import type { DealDetail } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { SelectField } from "~/routes/staff/parts/SelectField";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { useForm } from "~/ui/useForm";
import { useRefresh } from "./DealSteps";
import { TextArea } from "./TextArea";

const DECISIONS = ["approve", "return", "reject"] as const;

/** The staff's answer. Approved, it can become a customer of the CRM at once. */
export function Decide({ deal }: { deal: DealDetail }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const [decision, setDecision] = useState<Decision["decision"]>("approve");
  const [plan, setPlan] = useState("");
  const plans = useQuery({ ...plansQuery, enabled: asking });
  const approves = decision === "approve";
  const decide = useMutation({
    mutationFn: (body: Decision) => decideDeal(deal.id, body),
    onSuccess: () => {
      setAsking(false);
      return refresh();
    },
  });
  const { submit, missing } = useForm(approves ? [] : ["reason"], (_, form) => {
    const text = (name: string) => String(new FormData(form).get(name) ?? "").trim();
    const customer = text("customer");
    decide.mutate({ decision, reason: text("reason") || null, attribution: approves && customer && plan ? { customer_id: customer, plan_id: plan } : null });
  });
  return (
    <>
      <Button look="main" onClick={() => setAsking(true)}>
        {t("deals.decide")}
      </Button>
      <Dialog title={t("deals.decide")} open={asking} onClose={() => setAsking(false)}>
        <form noValidate onSubmit={submit} className="space-y-4 p-4 text-sm">
          <SelectField
            label={t("deals.decision")}
            value={decision}
            onChange={(chosen) => setDecision(DECISIONS.find((one) => one === chosen) ?? "approve")}
            options={DECISIONS.map((one) => ({ value: one, label: t(`deals.decisions.${one}`) }))}
          />
          <TextArea name="reason" label={t("deals.reason")} hint={t("deals.reasonHint")} rows={3} maxLength={500} error={missing && t("deals.needed")} />
          {approves && (
            <>
              <Field name="customer" label={t("deals.customerId")} hint={t("deals.customerIdHint")} maxLength={200} autoComplete="off" />
              <SelectField
                label={t("field.plan")}
                value={plan}
                onChange={setPlan}
                options={[{ value: "", label: "–" }, ...(plans.data ?? []).map(({ id, code, version }) => ({ value: id, label: `${code} v${version}` }))]}
              />
            </>
          )}
          <Done error={decide.error} />
          <div className="flex justify-end">
            <Button type="submit" look="main" disabled={decide.isPending}>
              {t(`deals.decisions.${decision}`)}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
