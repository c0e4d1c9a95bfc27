import { describe, expect, it } from "vitest";
import type { Period } from "~/api/types";
import { nextPeriods } from "./next";

const period = (month: string, status: Period["status"]) => ({ month, status }) as Period;
const today = new Date("2026-03-15T00:00:00Z");

describe("what is next to close and to lock", () => {
  it("is the oldest open month, and the oldest closed one", () => {
    const periods = [period("2026-03", "open"), period("2026-02", "open"), period("2026-01", "closed"), period("2025-12", "locked")];
    expect(nextPeriods(periods, today)).toEqual({ toClose: "2026-02", toLock: "2026-01" });
  });

  it("is never the month that still runs", () => {
    expect(nextPeriods([period("2026-03", "open"), period("2026-02", "locked")], today)).toEqual({ toClose: undefined, toLock: undefined });
  });

  it("is the month before from the first moment of the next, by UTC", () => {
    expect(nextPeriods([period("2026-03", "open")], new Date("2026-03-31T23:59:59Z")).toClose).toBeUndefined();
    expect(nextPeriods([period("2026-03", "open")], new Date("2026-04-01T00:00:00Z")).toClose).toBe("2026-03");
  });
});
