import { useTranslation } from "~/i18n/useTranslation";
import type { Commission } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { placeOf } from "./tier";

/** Says which tier applied and why, to the partner itself or to somebody else. */
export function useTierText(self: boolean) {
  const { t } = useTranslation();
  const format = useFormat();
  return ({ tier, tier_volume, tier_month, plan, currency }: Commission): string => {
    const { lower, upper } = placeOf(tier, plan.tier_thresholds);
    const facts = {
      tier,
      month: format.month(tier_month),
      volume: format.money(tier_volume, currency),
      lower: format.money(lower ?? "0", currency),
      upper: format.money(upper ?? "0", currency),
    };
    if (lower && upper) return t(self ? "explain.tierSelfBetween" : "explain.tierOtherBetween", facts);
    if (lower) return t(self ? "explain.tierSelfAbove" : "explain.tierOtherAbove", facts);
    if (upper) return t(self ? "explain.tierSelfBelow" : "explain.tierOtherBelow", facts);
    return t("explain.tierFlat");
  };
}
