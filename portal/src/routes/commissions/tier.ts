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
