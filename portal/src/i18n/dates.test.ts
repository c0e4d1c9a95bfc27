import { describe, expect, it } from "vitest";
import { formatDay, formatMonth, formatTime, monthsBetween } from "./dates";

describe("days and months", () => {
  it("stay those of UTC, wherever the reader is", () => {
    expect(formatDay("2026-10-01", "en-GB")).toBe("1 Oct 2026");
    expect(formatDay("2026-10-01", "zh-CN")).toBe("2026年10月1日");
    expect(formatMonth("2026-10", "en")).toBe("October 2026");
    expect(formatMonth("2026-10", "zh-CN")).toBe("2026年10月");
  });

  it("name the zone of a moment", () => {
    expect(formatTime("2026-10-01T23:59:59Z", "en-GB")).toBe("1 Oct 2026, 23:59:59 UTC");
  });
});

describe("monthsBetween", () => {
  it("counts both ends and crosses years", () => {
    expect(monthsBetween("2025-11", "2026-02")).toEqual(["2025-11", "2025-12", "2026-01", "2026-02"]);
    expect(monthsBetween("2026-02", "2026-02")).toEqual(["2026-02"]);
  });
});
