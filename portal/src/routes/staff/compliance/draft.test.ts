import { describe, expect, it } from "vitest";
import type { RuleDocument, RuleField, RuleFlaw } from "~/api/queries/compliance";
import { changeCase, changeRow, documentOf, draftOf, factOf, gapsOf, moveRow, newDraft, placed, withCase, withoutRow, withRow } from "./draft";
import { readWhere } from "./where";

const field = (name: string, type: RuleField["type"], more: Partial<RuleField> = {}): RuleField => ({
  name,
  type,
  about: { en: name, zh: name },
  choices: [],
  optional: false,
  volatile: false,
  ...more,
});
const fields = [field("orders", "integer"), field("share", "integer", { optional: true }), field("kind", "choice", { choices: ["a", "b"] }), field("verified", "boolean")];
const vocabulary = { fields, settings: [] };
const document: RuleDocument = {
  code: "FR-04",
  point: "payout.prepare",
  title: { en: "One", zh: "一" },
  law: { name: "Law", version: "1", in_force: "2026-01-01", verified: true },
  enabled: true,
  kind: "table",
  overridable: true,
  inputs: ["orders", "share"],
  rows: [
    { when: { orders: "> 1" }, outcome: "HOLD", says: { en: "Many", zh: "多" } },
    { when: { share: "null" }, outcome: "WARN", says: { en: "None", zh: "无" } },
  ],
  default: { outcome: "PASS", says: null },
  settings: {},
  cases: [{ name: "Two", facts: { orders: 2, share: null }, expect: "HOLD" }],
};
const draft = draftOf(document, []);
const flaw = (where: string): RuleFlaw => ({ level: "error", code: "cell", where, message: "" });

describe("a draft", () => {
  it("says what the document says, to the letter", () => {
    expect(documentOf(draft, vocabulary)).toEqual(document);
    expect(gapsOf(draft, vocabulary)).toEqual(new Set());
  });

  it("sends no cell of a fact that was taken out, and none that is empty", () => {
    const without = documentOf({ ...changeRow(draft, 0, { when: { orders: " " } }), inputs: ["orders"] }, vocabulary);
    expect(without.rows.map(({ when }) => when)).toEqual([{}, {}]);
    expect(without.cases[0]?.facts).toEqual({ orders: 2 });
  });

  it("names every place that is not filled in", () => {
    const gaps = gapsOf(withCase({ ...newDraft("month.book"), inputs: ["orders", "share", "verified"] }), vocabulary);
    expect([...gaps]).toEqual(["code", "title.en", "title.zh", "law.name", "law.version", "law.in_force", "rows.0.says.en", "rows.0.says.zh", "cases.1.name", "cases.1.orders", "cases.1.verified"]);
  });

  it("wants what is said by default in both languages or in none", () => {
    expect([...gapsOf({ ...draft, default: { outcome: "HOLD", says: { en: "Held", zh: "" } } }, vocabulary)]).toEqual(["default.zh"]);
  });

  it("keeps what does not fit a fact from being sent", () => {
    expect(factOf(fields[0], "2.5")).toBeUndefined();
    expect(factOf(fields[0], "-3")).toBe(-3);
    expect(factOf(fields[0], "9007199254740993")).toBeUndefined();
    expect(factOf(fields[1], "")).toBeNull();
    expect(factOf(fields[2], "c")).toBeUndefined();
    expect(factOf(fields[3], "false")).toBe(false);
    expect([...gapsOf(changeCase(draft, 2, { facts: { orders: "many" } }), vocabulary)]).toEqual(["cases.2.orders"]);
  });

  it("moves rows, and stops at the ends", () => {
    expect(moveRow(draft, 0, 1).rows.map(({ key }) => key)).toEqual([1, 0]);
    expect(moveRow(draft, 0, -1)).toBe(draft);
    expect(moveRow(draft, 1, 1)).toBe(draft);
  });

  it("never gives a key twice", () => {
    const changed = withRow(withoutRow(withRow(draft), 3));
    expect(changed.rows.map(({ key }) => key)).toEqual([0, 1, 4]);
  });

  it("sends numbers of a rule that is code within their bounds alone", () => {
    const settings = [{ name: "hold_bps", default: 9000, least: 0, most: 10_000 }];
    const coded = draftOf({ ...document, kind: "code", inputs: [], rows: [], default: null, cases: [] }, settings);
    expect(documentOf(coded, { fields, settings }).settings).toEqual({ hold_bps: 9000 });
    for (const wrong of ["10001", "-1", "", "1.5"]) expect([...gapsOf({ ...coded, settings: { hold_bps: wrong } }, { fields, settings })]).toEqual(["settings.hold_bps"]);
  });
});

describe("flaws", () => {
  it("are read as the server names them", () => {
    expect(readWhere("rows[2].own_share_bps")).toEqual({ part: "rows", place: 2, name: "own_share_bps" });
    expect(readWhere("rows[0]")).toEqual({ part: "rows", place: 0 });
    expect(readWhere("settings.hold_bps")).toEqual({ part: "settings", name: "hold_bps" });
    expect(readWhere("default")).toEqual({ part: "default" });
  });

  it("stay with their row when it is moved", () => {
    const found = placed([flaw("rows[1].share"), flaw("rows[0]"), flaw("inputs[1]"), flaw("rows")], moveRow(draft, 0, 1));
    expect([...found.keys()]).toEqual(["rows.0.share", "rows.1", "inputs", "rows"]);
  });
});
