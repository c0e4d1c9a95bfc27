import { describe, expect, it } from "vitest";
import { placeOf } from "./tier";

describe("placeOf", () => {
  const thresholds = ["20000", "50000", "150000"];

  it("names the threshold reached and the one not reached", () => {
    expect(placeOf(0, thresholds)).toEqual({ lower: undefined, upper: "20000" });
    expect(placeOf(2, thresholds)).toEqual({ lower: "50000", upper: "150000" });
    expect(placeOf(3, thresholds)).toEqual({ lower: "150000", upper: undefined });
  });

  it("has neither in a plan with one rate", () => {
    expect(placeOf(0, [])).toEqual({ lower: undefined, upper: undefined });
  });
});
