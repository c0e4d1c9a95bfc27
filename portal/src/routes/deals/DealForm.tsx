import { useState } from "react";
import type { DealDetail, NewDeal } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { today } from "~/i18n/dates";
import { SelectField } from "~/routes/staff/parts/SelectField";
import { Button } from "~/ui/Button";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { useForm } from "~/ui/useForm";
import { STAGES, VALUES, dealOf, quartersFrom } from "./fields";
import { TextArea } from "./TextArea";

interface Props {
  deal?: DealDetail;
  busy: boolean;
  error: unknown;
  onFilled: (body: NewDeal) => void;
}

const NEEDED = ["legal_name", "country", "contact_name", "contact_email", "compelling_event", "products", "partner_contact", "contacted_on"] as const;

/** The eight fields of a registration, and the scope they are meant for. */
export function DealForm({ deal, busy, error, onFilled }: Props) {
  const { t } = useTranslation();
  const [quarters] = useState(() => quartersFrom(today(), deal?.quarter));
  const { submit, missing } = useForm(NEEDED, (_, form) => onFilled(dealOf(new FormData(form))));
  const needed = (name: (typeof NEEDED)[number]) => (missing === name ? t("deals.needed") : undefined);
  return (
    <form noValidate onSubmit={submit} className="space-y-6">
      <fieldset className="grid gap-4 sm:grid-cols-2">
        <legend className="mb-3 font-semibold">{t("deals.company")}</legend>
        <Field name="legal_name" label={t("deals.legalName")} hint={t("deals.legalNameHint")} maxLength={200} defaultValue={deal?.legal_name} error={needed("legal_name")} />
        <Field name="domain" label={t("deals.domain")} hint={t("deals.domainHint")} placeholder="acme.com" maxLength={200} defaultValue={deal?.domain ?? ""} />
        <Field name="country" label={t("field.country")} hint={t("deals.countryHint")} placeholder="CN" maxLength={2} defaultValue={deal?.country} error={needed("country")} />
        <Field name="credit_code" label={t("deals.creditCode")} hint={t("deals.creditCodeHint")} maxLength={18} defaultValue={deal?.credit_code ?? ""} />
        <Field name="contact_name" label={t("deals.contactName")} maxLength={200} autoComplete="off" defaultValue={deal?.contact.name} error={needed("contact_name")} />
        <Field name="contact_email" label={t("deals.contactEmail")} maxLength={200} autoComplete="off" defaultValue={deal?.contact.email} error={needed("contact_email")} />
      </fieldset>
      <fieldset className="grid gap-4 sm:grid-cols-2">
        <legend className="mb-3 font-semibold">{t("deals.deal")}</legend>
        <Choose name="value" label={t("deals.value")} chosen={deal?.value} options={VALUES.map((value) => ({ value, label: t(`deals.values.${value}`) }))} />
        <Choose name="quarter" label={t("deals.quarter")} chosen={deal?.quarter} options={quarters.map((value) => ({ value, label: value.replace("-", " ") }))} />
        <Choose name="stage" label={t("deals.stage")} chosen={deal?.stage} options={STAGES.map((value) => ({ value, label: t(`deals.stages.${value}`) }))} />
        <Field name="products" label={t("deals.products")} hint={t("deals.productsHint")} maxLength={500} defaultValue={deal?.products.join(", ")} error={needed("products")} />
        <Field name="region" label={t("deals.region")} hint={t("deals.regionHint")} placeholder="CN-SH" maxLength={6} defaultValue={deal?.region} />
        <div className="sm:col-span-2">
          <TextArea name="compelling_event" label={t("deals.event")} hint={t("deals.eventHint")} maxLength={500} defaultValue={deal?.compelling_event} error={needed("compelling_event")} />
        </div>
        <Field name="partner_contact" label={t("deals.partnerContact")} maxLength={200} autoComplete="off" defaultValue={deal?.partner_contact} error={needed("partner_contact")} />
        <Field name="contacted_on" type="date" label={t("deals.contactedOn")} max={today()} defaultValue={deal?.contacted_on} error={needed("contacted_on")} />
      </fieldset>
      <Done error={error} />
      <Button type="submit" look="main" disabled={busy}>
        {t(deal ? "form.save" : "deals.register")}
      </Button>
    </form>
  );
}

/** A choice that begins with what is known. */
function Choose({ chosen, options, ...field }: { name: string; label: string; chosen: string | undefined; options: readonly { value: string; label: string }[] }) {
  const [value, setValue] = useState(chosen ?? options[0]?.value ?? "");
  return <SelectField {...field} value={value} onChange={setValue} options={options} />;
}
