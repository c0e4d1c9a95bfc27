import { describe, expect, it } from "vitest";
import { commissionSearch, parseSearch, stringifySearch } from "./search";

describe("the address", () => {
  it("keeps text as text: an order number is not a number", () => {
    expect(parseSearch("?search=00123&month=2026-10")).toEqual({ search: "00123", month: "2026-10" });
    expect(stringifySearch({ search: "00123", role: undefined, status: "" })).toBe("?search=00123");
    expect(stringifySearch({})).toBe("");
  });

  it("drops filters that make no sense, and keeps the rest", () => {
    expect(commissionSearch({ from: "2026-02-30x", to: "2026-02-28", sort: "amount", columns: "order,amount", timezone: "UTC" })).toEqual({
      to: "2026-02-28",
      columns: "order,amount",
      timezone: "UTC",
    });
    expect(commissionSearch({ month: "2026-13", role: "boss", status: "paid", search: "", other: "x" })).toEqual({ status: "paid" });
  });
});
