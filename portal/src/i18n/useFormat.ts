import { formatDay, formatMonth, formatShortMonth, formatTime } from "./dates";
import { localeFor } from "./index";
import { explainShare, formatAmount, formatMoney, formatRate, formatTick } from "./money";
import { useTranslation } from "./useTranslation";

/** Figures and dates in the reader's locale. */
export function useFormat() {
  const locale = localeFor(useTranslation().language);
  return {
    amount: (minor: string | bigint, currency: string) => formatAmount(minor, currency, locale),
    money: (minor: string | bigint, currency: string) => formatMoney(minor, currency, locale),
    tick: (minor: bigint, currency: string) => formatTick(minor, currency, locale),
    rate: (bps: number) => formatRate(bps, locale),
    share: (base: string, rateBps: number, amount: string, currency: string) =>
      explainShare(base, rateBps, amount, currency, locale),
    count: (value: number) => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value),
    list: (parts: readonly string[]) => new Intl.ListFormat(locale, { type: "conjunction" }).format(parts),
    day: (day: string) => formatDay(day, locale),
    month: (month: string) => formatMonth(month, locale),
    shortMonth: (month: string) => formatShortMonth(month, locale),
    time: (moment: string) => formatTime(moment, locale),
  };
}
