/** The ticks of an axis, in minor units, from zero to the first round value that is not below the largest. */
export function ticksFor(largest: bigint): bigint[] {
  if (largest <= 0n) return [0n];
  const step = roundStep(largest);
  const ticks = [0n];
  for (let tick = step; ticks[ticks.length - 1]! < largest; tick += step) ticks.push(tick);
  return ticks;
}

/** 1, 2 or 5 times a power of ten, so that four steps at most are enough. */
function roundStep(largest: bigint): bigint {
  for (let power = 1n; ; power *= 10n) {
    for (const factor of [1n, 2n, 5n]) {
      if (factor * power * 4n >= largest) return factor * power;
    }
  }
}

/** A part of the whole in percent, to 1/100: the only place where an amount becomes a number, for drawing. */
export function percentOf(part: bigint, whole: bigint): number {
  if (whole <= 0n || part <= 0n) return 0;
  return Number((part * 10_000n) / whole) / 100;
}

/** Where a value stands between two others, in percent: amounts may be below zero. */
export function along(value: bigint, low: bigint, high: bigint): number {
  return percentOf(value - low, high - low);
}

/** The least and the largest of some amounts, and zero. */
export function extent(values: readonly bigint[]): { low: bigint; high: bigint } {
  return values.reduce(({ low, high }, value) => ({ low: value < low ? value : low, high: value > high ? value : high }), { low: 0n, high: 0n });
}
