import { describe, expect, it } from "vitest";
import { percentOf, ticksFor } from "./scale";

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
