/** Where a volume lies among the thresholds of a plan. */
export interface TierPlace {
  /** The threshold reached, and the one not reached; neither where there is none. */
  lower: string | undefined;
  upper: string | undefined;
}

/** A tier is the number of thresholds that the volume reached, so tier 0 lies below the first. */
export function placeOf(tier: number, thresholds: readonly string[]): TierPlace {
  return { lower: thresholds[tier - 1], upper: thresholds[tier] };
}

/** The month before a day's: the one whose volume decides. `2026-01-05`: `2025-12`. */
export function monthBefore(day: string): string {
  const at = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() - 1);
  return at.toISOString().slice(0, 7);
}
