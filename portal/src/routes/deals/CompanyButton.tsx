import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "~/api/client";
import { addCompany } from "~/api/queries/deals";
import type { NewKnownCompany } from "~/api/types";
import { today } from "~/i18n/dates";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { useFieldErrors } from "~/ui/useFieldErrors";
import { useForm } from "~/ui/useForm";

/** Writes down a company that the vendor is in touch with itself. */
export function CompanyButton() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const add = useMutation({
    mutationFn: addCompany,
    onSuccess: () => {
      setAsking(false);
      return queryClient.invalidateQueries({ queryKey: ["known-companies"] });
    },
  });
  const ask = () => {
    add.reset();
    setAsking(true);
  };
  return (
    <>
      <Button look="main" onClick={ask}>
        {t("companies.add")}
      </Button>
      <Dialog title={t("companies.add")} open={asking} onClose={() => setAsking(false)}>
        <NewCompany busy={add.isPending} error={add.error} onFilled={add.mutate} />
      </Dialog>
    </>
  );
}

const NAMES = ["legal_name", "country", "domain", "credit_code", "contacted_on", "customer_id"] as const;

function NewCompany({ busy, error, onFilled }: { busy: boolean; error: unknown; onFilled: (body: NewKnownCompany) => void }) {
  const { t } = useTranslation();
  const { form, errors, rest } = useFieldErrors(error, NAMES);
  const { submit, missing } = useForm(["legal_name", "country"], ({ legal_name, country }, filled) => {
    const data = new FormData(filled);
    const text = (name: (typeof NAMES)[number]) => String(data.get(name) ?? "").trim() || null;
    onFilled({
      legal_name,
      country: country.toUpperCase(),
      domain: text("domain"),
      credit_code: text("credit_code"),
      direct_only: data.get("direct_only") === "on",
      contacted_on: text("contacted_on"),
      customer_id: text("customer_id"),
    });
  });
  const needed = (name: "legal_name" | "country") => (missing === name ? t("confirm.needed") : errors[name]);
  // Of what a new company names, only a customer can be unknown, or another's.
  const code = error instanceof Problem ? error.code : "";
  const customer = code === "not_found" ? t("companies.noCustomer") : code === "customer_taken" ? t("companies.customerTaken") : undefined;
  return (
    <form ref={form} noValidate onSubmit={submit} className="space-y-4 p-4 text-sm">
      <Field name="legal_name" label={t("deals.legalName")} hint={t("deals.legalNameHint")} maxLength={200} autoComplete="off" error={needed("legal_name")} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field name="country" label={t("field.country")} hint={t("deals.countryHint")} placeholder="CN" maxLength={2} autoComplete="off" error={needed("country")} />
        <Field name="domain" label={t("companies.domain")} placeholder="acme.com" maxLength={200} autoComplete="off" error={errors.domain} />
        <Field name="credit_code" label={t("companies.creditCode")} hint={t("deals.creditCodeHint")} maxLength={18} autoComplete="off" error={errors.credit_code} />
        <Field name="contacted_on" type="date" label={t("companies.contacted")} max={today()} error={errors.contacted_on} />
      </div>
      <Field name="customer_id" label={t("companies.customerId")} hint={t("companies.customerHint")} maxLength={200} autoComplete="off" error={customer ?? errors.customer_id} />
      <div>
        <label className="flex cursor-pointer items-center gap-2 font-medium">
          <input type="checkbox" name="direct_only" aria-describedby="direct-only-hint" className="size-4 accent-accent" /> {t("companies.directOnly")}
        </label>
        <p id="direct-only-hint" className="mt-1 text-xs text-muted">
          {t("companies.directOnlyHint")}
        </p>
      </div>
      <Done error={customer ? null : rest} />
      <div className="flex justify-end">
        <Button type="submit" look="main" disabled={busy}>
          {t("companies.add")}
        </Button>
      </div>
    </form>
  );
}
