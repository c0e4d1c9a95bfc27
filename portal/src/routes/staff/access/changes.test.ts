import { expect, it } from "vitest";
import { changesOf } from "./changes";

it("tells of each field what it was and is, and nothing of those that stayed", () => {
  expect(changesOf({ role: "finance", login: "ann" }, { role: "auditor", login: "ann" })).toEqual([{ name: "role", before: "finance", after: "auditor" }]);
  expect(changesOf(null, { scopes: ["read"] })).toEqual([{ name: "scopes", before: undefined, after: '["read"]' }]);
  expect(changesOf({ wallet: "0x1" }, null)).toEqual([{ name: "wallet", before: "0x1", after: "–" }]);
  expect(changesOf(null, null)).toEqual([]);
});
