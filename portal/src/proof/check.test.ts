import { describe, expect, it } from "vitest";
import type { Commission, CommissionProof } from "~/api/types";
import { checkProof } from "./check";

// A share of a demo, as the API gave it: the contract computed this root.
const commission = {
  role: "referrer",
  kind: "renewal",
  base: "9294",
  amount: "464",
  settled_on: "2026-09-26",
  payable_on: "2026-10-11",
} as Commission;
const proof = {
  chain_id: 31_337,
  contract: "0x10aeef72779021c1613853ad3c6f94c678e7d031",
  order: {
    leaf: "0x0000000001ec000000000000244e01006ab70b0052933224c9015f5a332d3e45b3514daec56ae82154665e2a05ac1e2f00000001000000000000000c0000000f00000050f2005101000000000000000000000000000000e800000000000001d0",
    proof: [
      "0x94968b905493369ca7d2d1190c1cd18bf2892effc162efd4ba0ab4738de464ae",
      "0x9858b3cf388a3501bd5166523dfaad0e50eabffd6f0b6215cfe8abbd3157436b",
    ],
    root: "0x5a88d743200739df8fec054e5ce9df234c4cb456387df7311aab1bbcd461347d",
  },
} as CommissionProof;

const withOrder = (changes: Partial<CommissionProof["order"]>): CommissionProof => ({ ...proof, order: { ...proof.order, ...changes } });

describe("checkProof", () => {
  it("finds that the record says what the page says, and leads to the root of the contract", () => {
    expect(checkProof(proof, commission)).toEqual({ leaf: true, path: true });
  });

  it.each([
    ["base", "9295"],
    ["amount", "465"],
    ["kind", "new"],
    ["role", "implementer"],
    ["settled_on", "2026-09-27"],
    ["payable_on", "2026-10-12"],
  ])("finds another %s on the page", (field, value) => {
    expect(checkProof(proof, { ...commission, [field]: value })).toEqual({ leaf: false, path: true });
  });

  it("finds any byte of the record that is another", () => {
    for (let at = 2; at < proof.order.leaf.length; at += 2) {
      const other = (Number.parseInt(proof.order.leaf.slice(at, at + 2), 16) ^ 1).toString(16).padStart(2, "0");
      const leaf = proof.order.leaf.slice(0, at) + other + proof.order.leaf.slice(at + 2);
      expect(checkProof(withOrder({ leaf }), commission).path).toBe(false);
    }
  });

  it("finds a path that is cut, turned around, or leads to another root", () => {
    const [first = "", second = ""] = proof.order.proof;
    for (const path of [[], [first], [second, first]]) expect(checkProof(withOrder({ proof: path }), commission).path).toBe(false);
    expect(checkProof(withOrder({ root: first }), commission).path).toBe(false);
  });

  it("takes nothing of another length for a record", () => {
    expect(checkProof(withOrder({ leaf: `${proof.order.leaf}00` }), commission).leaf).toBe(false);
  });
});
