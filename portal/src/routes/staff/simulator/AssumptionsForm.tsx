import type { Assumptions } from "~/api/queries/simulator";
import { useTranslation } from "~/i18n/useTranslation";
import { AmountField, PercentField, WholeField } from "./fields";

interface Props {
  assumptions: Assumptions;
  currency: string;
  onChange: (assumptions: Assumptions) => void;
}

const PARTS = ["margin_bps", "tax_bps", "churn_bps", "refunds_bps", "volume_bps"] as const;
const ENDS = ["low", "likely", "high"] as const;
const MOST_VOLUME_BPS = 100_000;
const LEAST_VOLUME_BPS = 100;
const MOST_ELASTICITY = 500;

/** What nobody knows, and everything depends on. */
export function AssumptionsForm({ assumptions, currency, onChange }: Props) {
  const { t } = useTranslation();
  const elasticity = (place: number, value: number) => {
    // The other two give way, so that the three still ascend.
    const ends = assumptions.elasticity_bps.map((end, at) => (at === place ? value : at < place ? Math.min(end, value) : Math.max(end, value)));
    onChange({ ...assumptions, elasticity_bps: ends });
  };
  return (
    <div className="grid grid-cols-2 gap-4 lg:grid-cols-4">
      {PARTS.map((name) => (
        <PercentField
          key={name}
          label={t(`simulator.assume_${name}`)}
          least={name === "volume_bps" ? LEAST_VOLUME_BPS : 0}
          most={name === "volume_bps" ? MOST_VOLUME_BPS : 10_000}
          value={assumptions[name]}
          onChange={(bps) => onChange({ ...assumptions, [name]: bps })}
        />
      ))}
      <AmountField label={t("simulator.assume_budget")} currency={currency} value={assumptions.budget ?? null} onChange={(budget) => onChange({ ...assumptions, budget })} />
      <WholeField label={t("simulator.assume_seed")} least={0} most={999_999_999} value={assumptions.seed} onChange={(seed) => onChange({ ...assumptions, seed })} />
      <fieldset style={{ gridColumn: "1 / -1" }}>
        <legend className="text-sm font-medium">{t("simulator.elasticity")}</legend>
        <p className="mb-2 max-w-prose text-sm text-muted">{t("simulator.elasticityLead")}</p>
        <div className="grid grid-cols-2 gap-4 lg:grid-cols-4">
          {ENDS.map((end, place) => (
            <PercentField
              key={end}
              label={t(`simulator.elasticity_${end}`)}
              least={-MOST_ELASTICITY}
              most={MOST_ELASTICITY}
              unit=" "
              value={(assumptions.elasticity_bps[place] ?? 0) / 100}
              onChange={(value) => elasticity(place, value * 100)}
            />
          ))}
        </div>
      </fieldset>
    </div>
  );
}
