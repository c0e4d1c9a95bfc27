import { describe, expect, it } from "vitest";
import { explainShare, formatAmount, formatMoney, formatRate, formatTick, parseAmount, toDecimal } from "./money";

describe("toDecimal", () => {
  it.each([
    [0n, 2, "0.00"],
    [5n, 2, "0.05"],
    [-5n, 2, "-0.05"],
    [-123_456n, 2, "-1234.56"],
    [1234n, 0, "1234"],
    [1n, 3, "0.001"],
  ])("%s with %s places is %s", (units, places, decimal) => {
    expect(toDecimal(units, places)).toBe(decimal);
  });
});

describe("formatAmount", () => {
  it("has as many decimals as the currency", () => {
    expect(formatAmount("124000", "USD", "en")).toBe("1,240.00");
    expect(formatAmount("124000", "JPY", "en")).toBe("124,000");
    expect(formatAmount("124000", "KWD", "en")).toBe("124.000");
  });

  it("follows ISO 4217 where the browser's own data does not", () => {
    expect(formatAmount("1500", "IQD", "en")).toBe("1.500");
    expect(formatAmount("1500", "AFN", "en")).toBe("15.00");
  });

  it("loses nothing beyond what a float can hold", () => {
    expect(formatAmount("9007199254740993", "JPY", "en")).toBe("9,007,199,254,740,993");
    expect(formatAmount("12345678901234567890123", "USD", "en")).toBe("123,456,789,012,345,678,901.23");
  });

  it("keeps the sign of less than one unit", () => {
    expect(formatAmount("-5", "USD", "en")).toBe("-0.05");
  });

  it("writes figures as the reader does", () => {
    expect(formatAmount("124000", "EUR", "de")).toBe("1.240,00");
    expect(formatAmount("124000", "CNY", "zh-CN")).toBe("1,240.00");
  });

  it("refuses what is not an integer instead of guessing", () => {
    expect(() => formatAmount("12.5", "USD", "en")).toThrow(SyntaxError);
  });
});

describe("formatMoney, formatRate, formatTick", () => {
  it("names the currency by its code", () => {
    expect(formatMoney("351", "USD", "en")).toBe("3.51\u00a0USD");
  });

  it("shows two decimals of a rate, always", () => {
    expect(formatRate(1200, "en")).toBe("12.00\u00a0%");
    expect(formatRate(667, "en")).toBe("6.67\u00a0%");
    expect(formatRate(0, "en")).toBe("0.00\u00a0%");
  });

  it("spares an axis its zeros", () => {
    expect(formatTick(20_000n, "USD", "en")).toBe("200");
    expect(formatTick(50n, "USD", "en")).toBe("0.5");
  });
});

describe("explainShare", () => {
  it("shows what was rounded away", () => {
    expect(explainShare("2933", 1200, "351", "USD", "en")).toEqual({ unrounded: "3.5196", rounding: "down" });
  });

  it("tells an exact share", () => {
    expect(explainShare("10000", 1200, "1200", "USD", "en")).toEqual({ unrounded: "12.00", rounding: "exact" });
    expect(explainShare("2933", 0, "0", "USD", "en")).toEqual({ unrounded: "0.00", rounding: "exact" });
  });

  it("explains a share too small for the currency", () => {
    expect(explainShare("9", 1000, "0", "USD", "en")).toEqual({ unrounded: "0.009", rounding: "down" });
    expect(explainShare("9", 1000, "0", "JPY", "en")).toEqual({ unrounded: "0.9", rounding: "down" });
  });

  it("knows the one unit more of a largest remainder, and nothing beyond", () => {
    expect(explainShare("2933", 1200, "352", "USD", "en").rounding).toBe("up");
    expect(explainShare("2933", 1200, "353", "USD", "en").rounding).toBe("wrong");
    expect(explainShare("2933", 1200, "350", "USD", "en").rounding).toBe("wrong");
    expect(explainShare("10000", 1200, "1201", "USD", "en").rounding).toBe("wrong");
  });

  it("reckons beyond what a float can hold", () => {
    expect(explainShare("9007199254740993", 3333, "3002099511605172", "JPY", "en")).toEqual({
      unrounded: "3,002,099,511,605,172.9669",
      rounding: "down",
    });
  });
});

describe("parseAmount", () => {
  it.each([
    ["1250", "USD", 125_000],
    ["1,250.5", "CNY", 125_050],
    [" 0.01 ", "USD", 1],
    ["7", "JPY", 7],
    ["1.234", "KWD", 1_234],
  ])("reads %s %s", (text, currency, minor) => {
    expect(parseAmount(text, currency)).toBe(minor);
  });

  it.each([
    ["0", "USD"],
    ["-5", "USD"],
    ["1.234", "USD"],
    ["1.5", "JPY"],
    ["1e3", "USD"],
    ["abc", "USD"],
    ["", "USD"],
    ["99999999999999999", "USD"],
  ])("refuses %s %s", (text, currency) => {
    expect(parseAmount(text, currency)).toBeNull();
  });
});
