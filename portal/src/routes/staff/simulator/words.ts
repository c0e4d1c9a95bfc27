import type { Finding, Rule } from "~/api/queries/simulator";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { isOfVolume } from "./drafts";

/** What each tier begins with. */
export function useTierNames(rule: Rule, currency: string): string[] {
  const { t } = useTranslation();
  const format = useFormat();
  const from = (threshold: string) => (isOfVolume(rule) ? format.tick(BigInt(threshold), currency) : format.rate(Number(threshold)));
  return [t("simulator.belowAll"), ...rule.tier_thresholds.map((threshold) => t("simulator.from", { threshold: from(threshold) }))];
}

/** A finding as a sentence. */
export function useFindingText(currency: string) {
  const { t } = useTranslation();
  const format = useFormat();
  const rate = (bps: number | null | undefined) => format.rate(Math.round(bps ?? 0));
  const money = (minor: string | null | undefined) => format.money(minor ?? "0", currency);
  return (finding: Finding): string => {
    const plan = finding.plan ?? "";
    const kind = finding.kind ? t(`kind.${finding.kind}`) : "";
    switch (finding.code) {
      case "above_margin":
        return t("simulator.finding_above_margin", { plan, kind, rate: rate(finding.rate_bps), limit: rate(finding.limit_bps) });
      case "falling_rate":
        return t("simulator.finding_falling_rate", { plan, kind, role: finding.role ? t(`role.${finding.role}`) : "" });
      case "cliff":
        return t("simulator.finding_cliff", { plan, worth: money(finding.worth), threshold: money(finding.threshold), near: format.count(finding.near ?? 0) });
      case "above_deductible":
        return t("simulator.finding_above_deductible", { rate: rate(finding.rate_bps), limit: rate(finding.limit_bps) });
      case "over_budget":
        return t("simulator.finding_over_budget", { by: money(finding.by) });
      case "refunds_after_hold":
        return t("simulator.finding_refunds_after_hold", { refunds: format.count(finding.refunds ?? 0), share: rate(finding.share_bps) });
    }
  };
}
