import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { askPayoutChange, payoutDetailsQuery } from "~/api/queries/partner";
import type { PayoutChange, PayoutDetails } from "~/api/types";
import { documents, partnerTypes, useCodes } from "~/i18n/codes";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Choice } from "~/ui/Choice";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { useForm } from "~/ui/useForm";
import { SelectField } from "../staff/parts/SelectField";
import { useViewer } from "../useViewer";

const WAYS = ["iban", "number"] as const;
type Way = (typeof WAYS)[number];
const NEEDED = { iban: ["holder", "iban", "country", "password"], number: ["holder", "number", "bank_code", "country", "password"] } as const;

/** Another account to be paid to. The holder must be the partner; the documents that are there stay, unless one of the kind is given. */
export function BankForm({ details, onDone }: { details: PayoutDetails; onDone: () => void }) {
  const { t } = useTranslation();
  const word = useCodes();
  const queryClient = useQueryClient();
  const { partner_name: holder } = useViewer();
  const [way, setWay] = useState<Way>(details.country === "CN" ? "number" : "iban");
  const ask = useMutation({
    mutationFn: (body: PayoutChange) => askPayoutChange(details.partner_id, body),
    onSuccess: (changed) => {
      queryClient.setQueryData(payoutDetailsQuery(details.partner_id).queryKey, changed);
      onDone();
    },
  });
  const { submit, missing } = useForm<string>(NEEDED[way], (values, form) => ask.mutate(bodyOf(new FormData(form), values, details)));
  const needed = (name: string) => (missing === name ? t("settings.needed") : undefined);
  const options = (codes: typeof documents) => Object.keys(codes).map((code) => ({ value: code, label: word(codes, code) }));
  return (
    <form noValidate onSubmit={submit} className="space-y-4 p-4 text-sm">
      <p>{t(details.account_hint && details.verified ? "bank.changeLead" : "bank.firstLead")}</p>
      <Field name="holder" label={t("bank.holder")} hint={t("bank.holderHint")} defaultValue={holder ?? ""} autoCapitalize="words" maxLength={200} error={needed("holder")} />
      <Choice label={t("bank.way")} value={way} options={WAYS.map((one) => ({ value: one, label: t(`bank.way_${one}`) }))} onChoose={setWay} />
      {way === "iban" ? (
        <Field key="iban" name="iban" label="IBAN" maxLength={50} autoComplete="off" error={needed("iban")} />
      ) : (
        <div className="grid gap-4 sm:grid-cols-2">
          <Field name="number" label={t("bank.number")} maxLength={40} autoComplete="off" error={needed("number")} />
          <Field name="bank_code" label={t("bank.code")} hint={t("bank.codeHint")} maxLength={35} autoComplete="off" error={needed("bank_code")} />
        </div>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field name="country" label={t("bank.country")} hint={t("bank.countryHint")} defaultValue={details.country ?? ""} maxLength={2} autoCapitalize="characters" error={needed("country")} />
        <SelectField name="payee_type" label={t("bank.payee")} options={options(partnerTypes)} />
      </div>
      <fieldset className="grid gap-4 sm:grid-cols-3">
        <legend className="mb-2 font-medium">{t("bank.document")}</legend>
        <SelectField name="kind" label={t("bank.documentKind")} options={options(documents)} />
        <Field name="document" label={t("bank.documentNumber")} maxLength={200} autoComplete="off" />
        <Field name="expires_on" type="date" label={t("bank.documentUntil")} />
      </fieldset>
      <Field name="password" type="password" label={t("settings.current")} autoComplete="current-password" error={needed("password")} />
      <Done error={ask.error} />
      <div className="flex justify-end">
        <Button type="submit" look="main" disabled={ask.isPending}>
          {t("bank.send")}
        </Button>
      </div>
    </form>
  );
}

function bodyOf(form: FormData, values: Partial<Record<string, string>>, details: PayoutDetails): PayoutChange {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const { holder = "", password = "", country = "", iban, number, bank_code } = values;
  const given = text("document") && { kind: text("kind"), number: text("document"), expires_on: text("expires_on") || null };
  return {
    country: country.toUpperCase(),
    payee_type: text("payee_type") as PayoutChange["payee_type"],
    account: { holder, ...(iban === undefined ? { number: number ?? "", bank_code: bank_code ?? "" } : { iban }) },
    documents: [...details.documents.filter(({ kind }) => !given || kind !== given.kind), ...(given ? [given] : [])],
    password,
  };
}
