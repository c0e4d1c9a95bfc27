import { describe, expect, it } from "vitest";
import { dealOf, quartersFrom } from "./fields";

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

describe("quarters to choose from", () => {
  it("begin with the day's own", () => {
    expect(quartersFrom("2026-11-24").slice(0, 3)).toEqual(["2026-Q4", "2027-Q1", "2027-Q2"]);
    expect(quartersFrom("2026-01-01")[0]).toBe("2026-Q1");
    expect(quartersFrom("2026-03-31")[0]).toBe("2026-Q1");
    expect(quartersFrom("2026-04-01")[0]).toBe("2026-Q2");
  });

  it("keep one that was chosen and is over", () => {
    expect(quartersFrom("2026-11-24", "2026-Q1").slice(0, 2)).toEqual(["2026-Q1", "2026-Q4"]);
    expect(quartersFrom("2026-11-24", "2027-Q1")).toHaveLength(8);
  });
});

describe("a registration from its form", () => {
  it("parts products by commas of either language, and takes the whole country where no region is given", () => {
    const deal = dealOf(form({ country: "cn", products: "CRM， ERP、BI, ", region: "" }));
    expect(deal.products).toEqual(["CRM", "ERP", "BI"]);
    expect([deal.company.country, deal.region]).toEqual(["CN", "CN"]);
  });

  it("sends nothing for what was left empty", () => {
    const deal = dealOf(form({ domain: " ", credit_code: "" }));
    expect([deal.company.domain, deal.company.credit_code]).toEqual([null, null]);
  });
});
