/** Days and months are those of UTC, as on the chain: they are never moved to the reader's time zone. */

function utc(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

/** `2026-10-03`: 3 Oct 2026. */
export function formatDay(day: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).format(utc(day));
}

/** `2026-10`: October 2026. */
export function formatMonth(month: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" }).format(utc(`${month}-01`));
}

/** `2026-10`: Oct. */
export function formatShortMonth(month: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { month: "short", timeZone: "UTC" }).format(utc(`${month}-01`));
}

/** A moment, with its zone: 3 Oct 2026, 14:05:09 UTC. */
export function formatTime(moment: string, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23", timeZone: "UTC" });
  return `${format.format(new Date(moment))} UTC`;
}

/** The day it is now. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** All months from the first to the last, both included: a month without orders is a gap, not left out. */
export function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  let [year = 0, month = 0] = first.split("-").map(Number);
  for (let at = first; at <= last; at = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}`) {
    months.push(at);
    month += 1;
    if (month > 12) {
      month = 1;
      year += 1;
    }
  }
  return months;
}
