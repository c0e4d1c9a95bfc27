import type { Rule } from "~/api/queries/simulator";
import { ROLES } from "~/api/types";
import { numbered } from "~/charts/series";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Notice } from "~/ui/Notice";
import { Cell, Head, Table } from "~/ui/Table";
import { SelectField } from "../parts/SelectField";
import { BASES, flawOf, isOfVolume, KINDS, MOST_THRESHOLDS, ratesOf, withBasis, withoutTier, withRate, withThreshold, withTier } from "./drafts";
import { AmountField, PercentField, WholeField } from "./fields";
import { TierChart } from "./TierChart";

interface Props {
  rule: Rule;
  currency: string;
  onChange: (rule: Rule) => void;
}

const PERIODS = ["1", "3", "6", "12"] as const;

/** The terms of a plan: as a chart, as a table, and what else there is to them. */
export function RuleForm({ rule, currency, onChange }: Props) {
  const { t } = useTranslation();
  const flaw = flawOf(rule);
  const basis = (value: string) => onChange(withBasis(rule, BASES.find((one) => one === value) ?? rule.basis));
  return (
    <div className="space-y-6">
      <div className="grid gap-6 xl:grid-cols-2">
        <TierChart rule={rule} currency={currency} onChange={onChange} />
        <div className="space-y-4">
          <SelectField label={t("simulator.basis")} value={rule.basis} options={BASES.map((value) => ({ value, label: t(`simulator.basis_${value}`) }))} onChange={basis} />
          <p className="text-sm text-muted">{t(`simulator.basisLead_${rule.basis}`)}</p>
          <div className="grid grid-cols-2 gap-4">
            {rule.basis !== "month_before" && (
              <SelectField
                label={t("simulator.period")}
                value={String(rule.period_months)}
                options={PERIODS.map((value) => ({ value, label: t(`simulator.period_${value}`) }))}
                onChange={(value) => onChange({ ...rule, period_months: Number(value) })}
              />
            )}
            {rule.basis === "target" && (
              <AmountField label={t("simulator.target")} currency={currency} value={rule.target} onChange={(target) => target && onChange({ ...rule, target })} />
            )}
            <WholeField label={t("simulator.hold")} least={0} most={3_650} value={rule.hold_days} onChange={(hold_days) => onChange({ ...rule, hold_days })} />
            <AmountField label={t("simulator.cap")} currency={currency} value={rule.cap ?? null} onChange={(cap) => onChange({ ...rule, cap })} />
            <AmountField label={t("simulator.floor")} currency={currency} value={rule.floor === "0" ? null : rule.floor} onChange={(floor) => onChange({ ...rule, floor: floor ?? "0" })} />
          </div>
        </div>
      </div>
      {flaw && <Notice tone="bad" title={t(`simulator.flaw_${flaw}`)} />}
      <RateTable rule={rule} currency={currency} onChange={onChange} />
      <div className="flex flex-wrap gap-2">
        <Button disabled={rule.tier_thresholds.length >= MOST_THRESHOLDS} onClick={() => onChange(withTier(rule))}>
          {t("simulator.addTier")}
        </Button>
        <Button disabled={rule.tier_thresholds.length === 0} onClick={() => onChange(withoutTier(rule))}>
          {t("simulator.removeTier")}
        </Button>
      </div>
    </div>
  );
}

function RateTable({ rule, currency, onChange }: Props) {
  const { t } = useTranslation();
  const tiers = [0, ...rule.tier_thresholds.map((_, place) => place + 1)];
  return (
    <Table label={t("simulator.rates")}>
      <thead>
        <tr>
          <Head>{t("simulator.fromVolume")}</Head>
          <Head right>{t("simulator.belowAll")}</Head>
          {numbered(rule.tier_thresholds).map(({ item: threshold, place }) => (
            <Head key={place} right>
              {isOfVolume(rule) ? (
                <AmountField
                  quiet
                  label={t("simulator.thresholdOf", { tier: place + 1 })}
                  currency={currency}
                  value={threshold}
                  onChange={(next) => next && onChange(withThreshold(rule, place, next))}
                />
              ) : (
                <PercentField
                  quiet
                  label={t("simulator.thresholdOf", { tier: place + 1 })}
                  most={1_000_000}
                  value={Number(threshold)}
                  onChange={(next) => onChange(withThreshold(rule, place, String(next)))}
                />
              )}
            </Head>
          ))}
        </tr>
      </thead>
      <tbody>
        {KINDS.flatMap((kind) =>
          ROLES.map((role) => (
            <tr key={kind + role}>
              <Cell>{`${t(`kind.${kind}`)} · ${t(`role.${role}`)}`}</Cell>
              {tiers.map((tier) => (
                <Cell key={tier} right>
                  <PercentField
                    quiet
                    label={`${t(`kind.${kind}`)} · ${t(`role.${role}`)} · ${t("simulator.tier", { tier })} (%)`}
                    value={ratesOf(rule, kind, role)[tier] ?? 0}
                    onChange={(bps) => onChange(withRate(rule, kind, role, tier, bps))}
                  />
                </Cell>
              ))}
            </tr>
          )),
        )}
      </tbody>
    </Table>
  );
}
