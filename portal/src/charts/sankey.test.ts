import { describe, expect, it } from "vitest";
import { bandsOf } from "./sankey";

describe("the bands of a flow", () => {
  const moves = [
    { from: 0, to: 0, months: 60 },
    { from: 0, to: 1, months: 20 },
    { from: 1, to: 0, months: 5 },
    { from: 1, to: 1, months: 15 },
  ];
  const { bands, left, right } = bandsOf(moves);

  it("fill the whole height, the highest tier on top", () => {
    for (const side of [left, right]) {
      expect(side.map(({ tier }) => tier)).toEqual([1, 0]);
      const last = side[side.length - 1]!;
      expect(last.top + last.height).toBeCloseTo(100);
    }
    expect(left.map(({ months }) => months)).toEqual([20, 80]);
    expect(right.map(({ months }) => months)).toEqual([35, 65]);
  });

  it("leave and reach their tiers without overlapping", () => {
    for (const [side, blocks] of [["from", left], ["to", right]] as const) {
      for (const block of blocks) {
        const own = bands.filter(({ move }) => move[side] === block.tier).toSorted((a, b) => a[side] - b[side]);
        for (const [position, band] of own.entries()) {
          expect(band[side]).toBeGreaterThanOrEqual(block.top - 1e-9);
          expect(band[side] + band.height).toBeLessThanOrEqual((own[position + 1]?.[side] ?? block.top + block.height) + 1e-9);
        }
      }
    }
  });

  it("are none where nothing moves", () => {
    expect(bandsOf([])).toEqual({ bands: [], left: [], right: [] });
  });
});
