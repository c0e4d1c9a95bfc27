import type { Bilingual, Fact, Outcome, Point, RuleDocument, RuleField, RuleFlaw, RuleSetting } from "~/api/queries/compliance";
import { readWhere } from "./where";

/** A version as it is being written: all figures are text still, and rows keep their key wherever they are moved. */
export interface Draft {
  code: string;
  point: Point;
  kind: RuleDocument["kind"];
  title: Bilingual;
  law: { name: string; version: string; in_force: string; verified: boolean };
  enabled: boolean;
  overridable: boolean;
  inputs: readonly string[];
  rows: readonly DraftRow[];
  /** Without an outcome nothing is said yet of what no row says something of. */
  default: { outcome: Outcome | ""; says: Bilingual };
  settings: Readonly<Record<string, string>>;
  cases: readonly DraftCase[];
  /** The next key. */
  next: number;
}

export interface DraftRow {
  key: number;
  /** By fact; of one that was taken out, what it said is kept in case it comes back. */
  when: Readonly<Record<string, string>>;
  outcome: Outcome;
  says: Bilingual;
}

export interface DraftCase {
  key: number;
  name: string;
  facts: Readonly<Record<string, string>>;
  expect: Outcome;
}

export interface Vocabulary {
  fields: readonly RuleField[];
  settings: readonly RuleSetting[];
}

const NO_WORDS: Bilingual = { en: "", zh: "" };
const CODE = /^[A-Z]{2,4}(-[A-Z]{2})?-\d{2}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const WHOLE = /^-?\d{1,16}$/;

export const newDraft = (point: Point): Draft =>
  withRow({
    code: "",
    point,
    kind: "table",
    title: NO_WORDS,
    law: { name: "", version: "", in_force: "", verified: false },
    enabled: true,
    overridable: true,
    inputs: [],
    rows: [],
    default: { outcome: "PASS", says: NO_WORDS },
    settings: {},
    cases: [],
    next: 0,
  });

export function draftOf(document: RuleDocument, settings: readonly RuleSetting[]): Draft {
  const rows = document.rows.map((row, key) => ({ ...row, key }));
  const cases = document.cases.map(({ facts, ...rest }, place) => ({ ...rest, facts: mapValues(facts, textOf), key: rows.length + place }));
  return {
    ...document,
    law: { ...document.law, verified: document.law.verified ?? true },
    rows,
    default: { outcome: document.default?.outcome ?? "", says: document.default?.says ?? NO_WORDS },
    settings: Object.fromEntries(settings.map(({ name, default: usual }) => [name, String(document.settings[name] ?? usual)])),
    cases,
    next: rows.length + cases.length,
  };
}

const textOf = (fact: Fact): string => (fact === null ? "" : String(fact));

const mapValues = <From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

// --- Changes ---

export const withRow = (draft: Draft): Draft => ({ ...draft, rows: [...draft.rows, { key: draft.next, when: {}, outcome: "HOLD", says: NO_WORDS }], next: draft.next + 1 });

export const withCase = (draft: Draft): Draft => ({ ...draft, cases: [...draft.cases, { key: draft.next, name: "", facts: {}, expect: "HOLD" }], next: draft.next + 1 });

export const changeRow = (draft: Draft, key: number, change: Partial<DraftRow>): Draft => ({ ...draft, rows: draft.rows.map((row) => (row.key === key ? { ...row, ...change } : row)) });

export const changeCase = (draft: Draft, key: number, change: Partial<DraftCase>): Draft => ({ ...draft, cases: draft.cases.map((one) => (one.key === key ? { ...one, ...change } : one)) });

export const withoutRow = (draft: Draft, key: number): Draft => ({ ...draft, rows: draft.rows.filter((row) => row.key !== key) });

export const withoutCase = (draft: Draft, key: number): Draft => ({ ...draft, cases: draft.cases.filter((one) => one.key !== key) });

/** A row one place further up (-1) or down (1); at the end it stays. */
export function moveRow(draft: Draft, key: number, step: -1 | 1): Draft {
  const from = draft.rows.findIndex((row) => row.key === key);
  const row = draft.rows[from];
  const other = draft.rows[from + step];
  if (!row || !other) return draft;
  return { ...draft, rows: draft.rows.map((one, place) => (place === from ? other : place === from + step ? row : one)) };
}

// --- As the server wants it ---

/** What a text says of a fact; null: not known; undefined: nothing yet, or nothing that the fact can be. */
export function factOf(field: RuleField | undefined, text: string): Fact | undefined {
  if (field?.optional && text === "") return null;
  switch (field?.type) {
    case "integer":
      return WHOLE.test(text.trim()) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
    case "boolean":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "choice":
      return field.choices.includes(text) ? text : undefined;
    default:
      return text;
  }
}

/** The facts that a case is about: the table's inputs, or what the other cases of a rule that is code name. */
export function factsOfCases(draft: Draft, fields: readonly RuleField[]): readonly string[] {
  if (draft.kind === "table") return draft.inputs;
  const named = [...new Set(draft.cases.flatMap(({ facts }) => Object.keys(facts)))];
  return named.length > 0 ? named : fields.map(({ name }) => name);
}

export function documentOf(draft: Draft, { fields }: Vocabulary): RuleDocument {
  const { next: _, default: otherwise, ...rest } = draft;
  const table = draft.kind === "table";
  const field = (name: string) => fields.find((one) => one.name === name);
  const names = factsOfCases(draft, fields);
  const said = otherwise.says.en.trim() !== "" || otherwise.says.zh.trim() !== "";
  const cells = (when: DraftRow["when"]) => draft.inputs.map((name) => [name, (when[name] ?? "").trim()] as const).filter(([, cell]) => cell !== "");
  return {
    ...rest,
    inputs: [...draft.inputs],
    rows: draft.rows.map(({ when, outcome, says }) => ({ when: Object.fromEntries(cells(when)), outcome, says })),
    default: table && otherwise.outcome !== "" ? { outcome: otherwise.outcome, says: said ? otherwise.says : null } : null,
    settings: table ? {} : mapValues(draft.settings, Number),
    cases: draft.cases.map(({ name, facts, expect }) => ({
      name,
      expect,
      facts: Object.fromEntries(names.map((fact) => [fact, factOf(field(fact), facts[fact] ?? "") ?? null])),
    })),
  };
}

/** Places that are empty, or say what cannot be sent. */
export function gapsOf(draft: Draft, { fields, settings }: Vocabulary): ReadonlySet<string> {
  const gaps = new Set<string>();
  const need = (place: string, right: boolean) => right || gaps.add(place);
  const words = (place: string, { en, zh }: Bilingual) => {
    need(`${place}.en`, en.trim() !== "");
    need(`${place}.zh`, zh.trim() !== "");
  };
  need("code", CODE.test(draft.code));
  words("title", draft.title);
  need("law.name", draft.law.name.trim() !== "");
  need("law.version", draft.law.version.trim() !== "");
  need("law.in_force", DAY.test(draft.law.in_force));
  for (const row of draft.rows) words(`rows.${row.key}.says`, row.says);
  const { says } = draft.default;
  if (says.en.trim() !== says.zh.trim()) words("default", says);
  if (draft.kind === "code") {
    for (const { name, least, most } of settings) {
      const text = draft.settings[name] ?? "";
      need(`settings.${name}`, WHOLE.test(text) && Number(text) >= least && Number(text) <= most);
    }
  }
  for (const one of draft.cases) {
    need(`cases.${one.key}.name`, one.name.trim() !== "");
    for (const name of factsOfCases(draft, fields)) {
      const field = fields.find((candidate) => candidate.name === name);
      need(`cases.${one.key}.${name}`, factOf(field, one.facts[name] ?? "") !== undefined);
    }
  }
  return gaps;
}

/** Flaws by the place that they are about, as the draft that was checked had it: a row that is moved takes its flaws along. */
export function placed(flaws: readonly RuleFlaw[], checked: Draft): ReadonlyMap<string, readonly RuleFlaw[]> {
  const found = new Map<string, RuleFlaw[]>();
  for (const flaw of flaws) {
    const place = placeOf(flaw.where, checked);
    found.set(place, [...(found.get(place) ?? []), flaw]);
  }
  return found;
}

function placeOf(where: string, checked: Draft): string {
  const { part, place, name } = readWhere(where);
  const key = part === "rows" && place !== undefined ? checked.rows[place]?.key : undefined;
  if (key !== undefined) return name === undefined ? `rows.${key}` : `rows.${key}.${name}`;
  if (part === "inputs") return "inputs";
  return name === undefined ? part : `${part}.${name}`;
}
