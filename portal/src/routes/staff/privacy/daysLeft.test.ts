import { expect, it } from "vitest";
import { daysLeft } from "./daysLeft";

it("counts to the day itself, over months and back", () => {
  expect(daysLeft("2026-12-01", "2026-12-01")).toBe(0);
  expect(daysLeft("2026-12-24", "2026-11-24")).toBe(30);
  expect(daysLeft("2026-11-24", "2026-11-27")).toBe(-3);
});
