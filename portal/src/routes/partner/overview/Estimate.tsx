import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { estimateQuery } from "~/api/queries/partner";
import type { Tier } from "~/api/types";
import { parseAmount } from "~/i18n/money";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Choice } from "~/ui/Choice";
import { Field } from "~/ui/Field";
import { Trouble } from "~/ui/Trouble";

type Kind = Tier["rates"][number]["kind"];

/** What an order would give, asked of the rules that settle orders. */
export function Estimate({ partnerId, tier }: { partnerId: string; tier: Tier }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [kind, setKind] = useState<Kind>("new");
  const base = parseAmount(useDeferredValue(text), tier.currency);
  const wrong = text.trim() !== "" && base === null;
  const kinds = (["new", "renewal"] as const).map((value) => ({ value, label: t(`kind.${value}`) }));
  return (
    <details className="mt-4">
      <summary className="w-fit text-sm font-medium text-accent">{t("estimate.title")}</summary>
      <p className="mt-2 text-sm text-muted">{t("estimate.lead")}</p>
      <div className="mt-3 flex flex-wrap items-end gap-4">
        <div className="w-56">
          <Field
            label={`${t("estimate.amount")} (${tier.currency})`}
            inputMode="decimal"
            value={text}
            maxLength={20}
            error={wrong ? t("estimate.invalid") : undefined}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <Choice label={t("field.kind")} value={kind} options={kinds} onChoose={setKind} />
      </div>
      <div aria-live="polite">{base !== null && <Answer partnerId={partnerId} tier={tier} kind={kind} base={base} />}</div>
    </details>
  );
}

function Answer({ partnerId, tier, kind, base }: { partnerId: string; tier: Tier; kind: Kind; base: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const role = [...new Set(tier.rates.map((rate) => rate.role))];
  const query = useQuery(estimateQuery(partnerId, { plan: tier.plan.id, kind, base, role }));
  if (query.isError) return <Trouble error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return null;
  const { total, currency, payable_on, shares, exact } = query.data;
  return (
    <div className="mt-3 text-sm">
      <p>
        <strong>{t("estimate.result", { amount: format.money(total, currency), day: format.day(payable_on) })}</strong>
      </p>
      <ul className="mt-1 text-muted">
        {shares.map((share) => (
          <li key={share.role}>
            {t("estimate.share", { role: t(`role.${share.role}`), rate: format.rate(share.rate_bps), amount: format.money(share.amount, currency) })}
          </li>
        ))}
      </ul>
      {!exact && <p className="mt-1 text-muted">{t("estimate.inexact")}</p>}
    </div>
  );
}
