import { type Rule } from "~/api/queries/simulator";
import { ROLES, type Role } from "~/api/types";
import { numbered } from "~/charts/series";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Choice } from "~/ui/Choice";
import { useState } from "react";
import { type Kind, KINDS, ratesOf, withRate } from "./drafts";
import { useTierNames } from "./words";

interface Props {
  rule: Rule;
  currency: string;
  onChange: (rule: Rule) => void;
}

const STEP_BPS = 25;

/** Tiers as columns, each with a handle that moves its rate. */
export function TierChart({ rule, currency, onChange }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useTierNames(rule, currency);
  const [kind, setKind] = useState<Kind>("new");
  const [role, setRole] = useState<Role>("referrer");
  const rates = ratesOf(rule, kind, role);
  const most = Math.max(3_000, ...rates.map((rate) => Math.ceil(rate / 1_000) * 1_000));
  return (
    <div>
      <div className="mb-4 flex flex-wrap gap-2">
        <Choice label={t("field.kind")} value={kind} options={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))} onChoose={setKind} />
        <Choice label={t("field.role")} value={role} options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))} onChoose={setRole} />
      </div>
      <div className="flex gap-2">
        {numbered(rates).map(({ item: rate, place: tier }) => (
          <label key={tier} className="min-w-0 flex-1 text-center text-sm">
            <span className="money block font-medium">{format.rate(rate)}</span>
            <span className="relative mt-1 block h-44 rounded-md bg-sunken">
              <span aria-hidden className="absolute inset-x-0 rounded-md bg-accent-soft" style={{ bottom: 0, height: `${(100 * rate) / most}%`, borderTop: "3px solid var(--accent)" }} />
              <input
                type="range"
                aria-label={`${t(`kind.${kind}`)} · ${t(`role.${role}`)} · ${names[tier]}`}
                aria-valuetext={format.rate(rate)}
                min={0}
                max={most}
                step={STEP_BPS}
                value={rate}
                onChange={(event) => onChange(withRate(rule, kind, role, tier, Number(event.target.value)))}
                className="absolute h-full w-full"
                style={{ inset: 0, writingMode: "vertical-lr", direction: "rtl", accentColor: "var(--accent)" }}
              />
            </span>
            <span className="mt-1 block text-xs text-muted wrap-anywhere">{names[tier]}</span>
          </label>
        ))}
      </div>
    </div>
  );
}
