import { describe, expect, it } from "vitest";
import { along, extent, percentOf, ticksFor } from "./scale";

describe("ticksFor", () => {
  it("ends at or above the largest value, in at most four round steps", () => {
    for (const largest of [1n, 7n, 99n, 100n, 101n, 123_456n, 9n * 10n ** 20n]) {
      const ticks = ticksFor(largest);
      expect(ticks[0]).toBe(0n);
      expect(ticks[ticks.length - 1]! >= largest).toBe(true);
      expect(ticks.length).toBeLessThanOrEqual(5);
    }
  });

  it("has one tick where nothing was earned", () => {
    expect(ticksFor(0n)).toEqual([0n]);
  });
});

describe("percentOf", () => {
  it("draws a share, and nothing for nothing or less", () => {
    expect(percentOf(1n, 3n)).toBe(33.33);
    expect(percentOf(0n, 0n)).toBe(0);
    expect(percentOf(-5n, 10n)).toBe(0);
  });
});

describe("a value between two others", () => {
  it("is in percent of the way, below zero too", () => {
    expect(along(5n, 0n, 20n)).toBe(25);
    expect(along(-5n, -10n, 10n)).toBe(25);
    expect(along(-11n, -10n, 10n)).toBe(0);
    expect(along(1n, 1n, 1n)).toBe(0);
  });

  it("has bounds that hold zero", () => {
    expect(extent([5n, 7n])).toEqual({ low: 0n, high: 7n });
    expect(extent([-5n, -7n])).toEqual({ low: -7n, high: 0n });
    expect(extent([])).toEqual({ low: 0n, high: 0n });
  });
});
