import { describe, expect, it } from "vitest";
import type { Plan } from "~/api/types";
import { groupsOf, ratesOf } from "./plans";

const plan = (code: string, version: number) =>
  ({
    code,
    version,
    new_bps: [[1000, 1200], [300, 350], [100, 150]],
    renewal_bps: [[500, 600], [0, 0], [50, 75]],
  }) as unknown as Plan;

describe("plans side by side", () => {
  it("stand together by code, each version in its place", () => {
    const groups = groupsOf([plan("a", 2), plan("a", 1), plan("b", 1)]);
    expect(groups.map(({ code, versions }) => [code, versions.map(({ version }) => version)])).toEqual([
      ["a", [2, 1]],
      ["b", [1]],
    ]);
  });

  it("have the rates of a role, tier by tier, by kind", () => {
    expect(ratesOf(plan("a", 1), "new", "implementer")).toEqual([300, 350]);
    expect(ratesOf(plan("a", 1), "renewal", "trainer")).toEqual([50, 75]);
  });
});
