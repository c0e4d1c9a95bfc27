import { useState } from "react";
import type { NewEndpoint } from "~/api/queries/webhooks";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { useForm } from "~/ui/useForm";

/** What a partner's program may be told; see docs/webhooks.md for what each says. */
const EVENT_TYPES = [
  "commission.created",
  "commission.refunded",
  "commission.disputed",
  "commission.resolved",
  "balance.released",
  "balance.adjusted",
  "payout.completed",
  "payout.failed",
  "payout.returned",
  "dispute.opened",
  "dispute.ruled",
  "dispute.closed",
] as const;

interface Props {
  busy: boolean;
  error: unknown;
  onFilled: (endpoint: NewEndpoint) => void;
}

export function EndpointForm({ busy, error, onFilled }: Props) {
  const { t } = useTranslation();
  const [types, setTypes] = useState<readonly string[]>(EVENT_TYPES);
  const { submit, missing } = useForm(["url"], ({ url }, form) => {
    const description = String(new FormData(form).get("description") ?? "").trim();
    onFilled({ url, description, event_types: [...types] });
  });
  const toggle = (type: string) => setTypes((before) => (before.includes(type) ? before.filter((one) => one !== type) : [...before, type]));
  return (
    <form noValidate onSubmit={submit} className="space-y-4 p-4">
      <Field name="url" type="url" label={t("webhooks.url")} hint={t("webhooks.urlHint")} placeholder="https://" error={missing && t("settings.needed")} />
      <Field name="description" label={t("webhooks.description")} maxLength={200} />
      <fieldset>
        <legend className="mb-1 text-sm font-medium">{t("webhooks.types")}</legend>
        <div className="grid gap-x-4 sm:grid-cols-2">
          {EVENT_TYPES.map((type) => (
            <label key={type} className="flex cursor-pointer items-center gap-2 py-1 text-sm">
              <input type="checkbox" checked={types.includes(type)} onChange={() => toggle(type)} className="size-4 accent-accent" />
              <code>{type}</code>
            </label>
          ))}
        </div>
      </fieldset>
      <Done error={error} />
      <Button type="submit" look="main" disabled={busy || types.length === 0}>
        {t("webhooks.add")}
      </Button>
    </form>
  );
}
