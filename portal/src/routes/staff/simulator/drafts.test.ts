import { describe, expect, it } from "vitest";
import type { Rule } from "~/api/queries/simulator";
import { copyOf, flawOf, fromHash, PLAIN_ASSUMPTIONS, toHash, withBasis, withoutTier, withRate, withThreshold, withTier } from "./drafts";

const RULE: Rule = {
  basis: "month_before",
  tier_thresholds: ["20000", "50000"],
  hold_days: 14,
  new: { referrer: [1000, 1200, 1500], implementer: [500, 600, 700], trainer: [0, 0, 0] },
  renewal: { referrer: [500, 600, 750], implementer: [0, 0, 0], trainer: [0, 0, 0] },
  period_months: 1,
  target: "0",
  floor: "0",
  cap: null,
  clawback_days: null,
};

describe("a rule under change", () => {
  it("gets a rate, and nothing else changes", () => {
    const changed = withRate(RULE, "new", "referrer", 1, 1300);
    expect(changed.new["referrer"]).toEqual([1000, 1300, 1500]);
    expect({ ...changed, new: RULE.new }).toEqual(RULE);
    expect(RULE.new["referrer"]).toEqual([1000, 1200, 1500]);
  });

  it("gets a tier with the last one's rates, and gives it back", () => {
    const more = withTier(RULE);
    expect(more.tier_thresholds).toEqual(["20000", "50000", "100000"]);
    expect(more.renewal["referrer"]).toEqual([500, 600, 750, 750]);
    expect(withoutTier(more)).toEqual(RULE);
    expect(withTier({ ...RULE, tier_thresholds: [] }).tier_thresholds).toEqual(["100000"]);
  });

  it("keeps thresholds that are of the same kind, and gets others where they are not", () => {
    expect(withBasis(RULE, "marginal").tier_thresholds).toEqual(RULE.tier_thresholds);
    expect(withBasis(RULE, "growth").tier_thresholds).toEqual(["500", "1500"]);
    expect(withBasis(RULE, "target")).toMatchObject({ tier_thresholds: ["8000", "9000"], target: "1000000" });
    expect(withBasis(withBasis(RULE, "growth"), "target").target).toBe("1000000");
  });

  it("has a flaw where thresholds do not ascend, or rates give more than all", () => {
    expect(flawOf(RULE)).toBeNull();
    expect(flawOf(withThreshold(RULE, 1, "20000"))).toBe("ascending");
    expect(flawOf(withThreshold(RULE, 0, "0"))).toBe("ascending");
    expect(flawOf(withRate(RULE, "new", "trainer", 0, 7_801))).toBe("whole");
    expect(flawOf(withRate(RULE, "new", "trainer", 0, 7_800))).toBeNull();
  });
});

describe("an address", () => {
  const drafts = { designs: [copyOf({ standard: RULE }, "第一个方案 – a try")], assumptions: PLAIN_ASSUMPTIONS };

  it("brings back what was tried out", () => {
    expect(toHash(drafts)).toMatch(/^#[\w-]+$/);
    expect(fromHash(toHash(drafts))).toEqual(drafts);
  });

  it.each(["", "#", "#x", "#!!", toHash({ designs: [], assumptions: {} as never }), toHash({ ...drafts, designs: [{ name: "a", plans: { b: { ...RULE, tier_thresholds: ["x"] } } }] })])(
    "that makes no sense says nothing: %s",
    (hash) => expect(fromHash(hash)).toBeNull(),
  );
});
