import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { redLetterInvoice, registerInvoice } from "~/api/queries/invoices";
import type { Invoice, NewInvoice, Partner } from "~/api/types";
import { today } from "~/i18n/dates";
import { parseAmount } from "~/i18n/money";
import { useTranslation } from "~/i18n/useTranslation";
import { InvoicesCard } from "~/routes/invoices/InvoicesCard";
import { useMay } from "~/routes/useViewer";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { useFieldErrors } from "~/ui/useFieldErrors";
import { useForm } from "~/ui/useForm";
import { Confirm } from "../parts/Confirm";

/** What a partner invoiced; finance registers invoices and notes which were red-lettered. */
export function PartnerInvoices({ partner }: { partner: Partner }) {
  const writes = useMay("books:write");
  return <InvoicesCard partnerId={partner.id} aside={writes && <RegisterButton partner={partner} />} Steps={writes ? RedLetterCell : undefined} />;
}

function useRefresh() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ["invoices"] });
}

function RedLetterCell({ row }: { row: Invoice }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  if (row.red_lettered_at !== null) return null;
  return (
    <Confirm label={t("invoices.redLetter")} describedBy={row.id} reason={t("invoices.reason")} run={(reason) => redLetterInvoice(row.id, reason).then(refresh)}>
      {t("invoices.redLetterSure", { number: row.number })}
    </Confirm>
  );
}

function RegisterButton({ partner }: { partner: Partner }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const register = useMutation({
    mutationFn: (body: NewInvoice) => registerInvoice(partner.id, body),
    onSuccess: () => {
      setAsking(false);
      return refresh();
    },
  });
  const ask = () => {
    register.reset();
    setAsking(true);
  };
  return (
    <>
      <Button onClick={ask}>{t("invoices.register")}</Button>
      <Dialog title={t("invoices.register")} open={asking} onClose={() => setAsking(false)}>
        <InvoiceForm currency={partner.currency} busy={register.isPending} error={register.error} onFilled={register.mutate} />
      </Dialog>
    </>
  );
}

const NEEDED = ["number", "issued_on", "amount", "buyer_tax_id"] as const;
const NAMES = [...NEEDED, "code", "tax"] as const;

interface FormProps {
  currency: string;
  busy: boolean;
  error: unknown;
  onFilled: (body: NewInvoice) => void;
}

function InvoiceForm({ currency, busy, error, onFilled }: FormProps) {
  const { t } = useTranslation();
  const [unread, setUnread] = useState<"amount" | "tax">();
  const { form, errors, rest } = useFieldErrors(error, NAMES);
  const { submit, missing } = useForm(NEEDED, (values, filled) => {
    const data = new FormData(filled);
    const text = (name: string) => String(data.get(name) ?? "").trim();
    const amount = parseAmount(values.amount, currency);
    // No tax is a tax of nothing, which is no amount.
    const tax = Number(text("tax")) === 0 ? 0 : parseAmount(text("tax"), currency);
    const wrong = amount === null ? "amount" : tax === null ? "tax" : undefined;
    setUnread(wrong);
    if (wrong) filled.querySelector<HTMLInputElement>(`[name="${wrong}"]`)?.focus();
    else onFilled({ ...values, code: text("code"), amount: String(amount), tax: String(tax), buyer_tax_id: values.buyer_tax_id.toUpperCase() });
  });
  const wrongIn = (name: (typeof NAMES)[number]) =>
    missing === name ? t("confirm.needed") : unread === name ? t("invoices.amountWrong", { currency }) : errors[name];
  return (
    <form ref={form} noValidate onSubmit={submit} className="space-y-4 p-4 text-sm">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field name="number" label={t("invoices.number")} hint={t("invoices.numberHint")} inputMode="numeric" maxLength={20} autoComplete="off" error={wrongIn("number")} />
        <Field name="code" label={t("invoices.code")} hint={t("invoices.codeHint")} inputMode="numeric" maxLength={12} autoComplete="off" error={wrongIn("code")} />
        <Field name="issued_on" type="date" label={t("invoices.issued")} max={today()} error={wrongIn("issued_on")} />
        <Field name="buyer_tax_id" label={t("invoices.buyer")} hint={t("invoices.buyerHint")} maxLength={18} autoComplete="off" error={wrongIn("buyer_tax_id")} />
        <Field name="amount" label={t("invoices.amount")} hint={t("invoices.amountHint", { currency })} inputMode="decimal" maxLength={20} autoComplete="off" error={wrongIn("amount")} />
        <Field name="tax" label={t("invoices.tax")} hint={t("invoices.taxHint", { currency })} inputMode="decimal" maxLength={20} autoComplete="off" error={wrongIn("tax")} />
      </div>
      <Done error={rest} />
      <div className="flex justify-end">
        <Button type="submit" look="main" disabled={busy}>
          {t("invoices.register")}
        </Button>
      </div>
    </form>
  );
}
