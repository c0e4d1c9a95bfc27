import { describe, expect, it } from "vitest";
import type { Plan } from "~/api/types";
import { groupsOf, rateOf } from "./plans";

const plan = (code: string, version: number, thresholds: string[]) =>
  ({
    code,
    version,
    tier_thresholds: thresholds,
    new_bps: [[1000, 1200], [300, 350], [100, 150]],
    renewal_bps: [[500, 600], [0, 0], [50, 75]],
  }) as unknown as Plan;

describe("plans side by side", () => {
  it("stand together by code, with as many tiers as the version with the most has", () => {
    const groups = groupsOf([plan("a", 2, ["1", "2"]), plan("a", 1, ["1"]), plan("b", 1, [])]);
    expect(groups.map(({ code, versions, tiers }) => [code, versions.map(({ version }) => version), tiers])).toEqual([
      ["a", [2, 1], [0, 1, 2]],
      ["b", [1], [0]],
    ]);
  });

  it("have the rate of a role at a tier, by kind, and none at a tier that a version lacks", () => {
    const one = plan("a", 1, ["1"]);
    expect(rateOf(one, "new", "implementer", 1)).toBe(350);
    expect(rateOf(one, "renewal", "trainer", 0)).toBe(50);
    expect(rateOf(one, "renewal", "implementer", 0)).toBe(0);
    expect(rateOf(one, "new", "referrer", 2)).toBeUndefined();
  });
});
