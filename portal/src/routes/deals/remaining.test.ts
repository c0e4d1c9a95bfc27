import { describe, expect, it } from "vitest";
import { remaining } from "./remaining";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("what is left of a span", () => {
  it.each([
    [90 * DAY, 90, "day", false],
    [2 * DAY, 2, "day", false],
    [2 * DAY - 1, 47, "hour", false],
    [2 * HOUR - 1, 119, "minute", false],
    [MINUTE - 1, 0, "minute", false],
    [-1, 0, "minute", true],
    [-3 * HOUR, -3, "hour", true],
  ] as const)("is said in the largest unit that has two of it, and never rounded up: %d ms", (ms, value, unit, over) => {
    const found = remaining(ms);
    expect([Math.abs(found.value), found.unit, found.over]).toEqual([Math.abs(value), unit, over]);
  });
});
