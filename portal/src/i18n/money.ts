/**
 * Money is an integer of minor units in a string. It is never turned into a number:
 * a float holds 2^53 at most and would round a large balance without saying so.
 */

/** ISO 4217 where the minor unit is not 1/100. Intl follows CLDR, which differs (IQD: 0 there, 3 in ISO). */
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0,
  UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  CLF: 4, UYW: 4,
};

/** Rates are in basis points: 1/100 of a percent. */
const WHOLE_BPS = 10_000n;

type Decimal = `${number}`;

export function exponentOf(currency: string): number {
  return EXPONENTS[currency] ?? 2;
}

/** `toDecimal(-5n, 2)` is `-0.05`. */
export function toDecimal(units: bigint, places: number): Decimal {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const sign = units < 0n ? "-" : "";
  if (places === 0) return `${sign}${digits}` as Decimal;
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}` as Decimal;
}

/** The figure without its currency code: `1,240.00`. */
export function formatAmount(minor: string | bigint, currency: string, locale: string): string {
  const places = exponentOf(currency);
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: places, maximumFractionDigits: places });
  return format.format(toDecimal(BigInt(minor), places));
}

/** The code and not a sign: `$` is the currency of twenty countries. */
export function formatMoney(minor: string | bigint, currency: string, locale: string): string {
  return `${formatAmount(minor, currency, locale)}\u00a0${currency}`;
}

/** On an axis: no zeros behind the point. */
export function formatTick(minor: bigint, currency: string, locale: string): string {
  const format = new Intl.NumberFormat(locale, { maximumFractionDigits: exponentOf(currency) });
  return format.format(toDecimal(minor, exponentOf(currency)));
}

/** What somebody wrote as an amount above zero, in minor units; null where it is none, or has more decimals than the currency. */
export function parseAmount(text: string, currency: string): number | null {
  const [, whole = "", part = ""] = /^(\d+)(?:\.(\d+))?$/.exec(text.trim().replaceAll(",", "")) ?? [];
  const places = exponentOf(currency);
  if (whole === "" || part.length > places) return null;
  const minor = Number(whole + part.padEnd(places, "0"));
  return Number.isSafeInteger(minor) && minor > 0 ? minor : null;
}

/** 1234 basis points: `12.34 %`. */
export function formatRate(bps: number, locale: string): string {
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return `${format.format(toDecimal(BigInt(bps), 2))}\u00a0%`;
}

export type Rounding = "exact" | "down" | "up" | "wrong";

export interface Share {
  /** base × rate before rounding, as far as it goes: `3.5196`. */
  unrounded: string;
  /** How the amount follows from it; `wrong` when it does not. */
  rounding: Rounding;
}

/**
 * Reckons a share once more in the browser, so that the sum on the page is checked and not repeated.
 * Shares are rounded down; where a plan gives away 100 %, a largest remainder may get one unit more.
 */
export function explainShare(base: string, rateBps: number, amount: string, currency: string, locale: string): Share {
  const product = BigInt(base) * BigInt(rateBps);
  const floor = product / WHOLE_BPS;
  const exact = product % WHOLE_BPS === 0n;
  const difference = BigInt(amount) - floor;
  const places = exponentOf(currency);
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: places, maximumFractionDigits: places + 4 });
  return { unrounded: format.format(toDecimal(product, places + 4)), rounding: roundingOf(difference, exact) };
}

function roundingOf(difference: bigint, exact: boolean): Rounding {
  if (difference === 0n) return exact ? "exact" : "down";
  return difference === 1n && !exact ? "up" : "wrong";
}
