import type { DisputeDetail } from "~/api/types";
import type { Translate } from "~/i18n/translate";
import { useTranslation } from "~/i18n/useTranslation";

const of = (texts: Readonly<Record<string, string>>) => (code: string) => texts[code] ?? code;

/** Words for what a case says in codes. A code that is not here yet is shown as it is. */
export function useCaseWords() {
  const { words } = useTranslation();
  return { reason: of(words.disputes.reasons), event: of(words.disputes.events) };
}

const SIDES = ["claimant", "respondent", "staff", "arbiter", "panel", "time", "chain"] as const;

export function sideName(t: Translate, side: string): string {
  const known = SIDES.find((one) => one === side);
  return known ? t(`disputes.sides.${known}`) : side;
}

export function ruledBy(t: Translate, by: NonNullable<DisputeDetail["ruled_by"]>): string {
  return t(`disputes.ruledBy.${by}`);
}
