const DAY_MS = 86_400_000;

/** How many days are left until a day is over: 0 on the day itself, and below when it is over. */
export function daysLeft(due: string, today: string): number {
  return Math.round((Date.parse(due) - Date.parse(today)) / DAY_MS);
}
