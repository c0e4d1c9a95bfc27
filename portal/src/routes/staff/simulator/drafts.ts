import type { Assumptions, Design, Rule } from "~/api/queries/simulator";
import { ROLES, type Role } from "~/api/types";

export const KINDS = ["new", "renewal"] as const;
export type Kind = (typeof KINDS)[number];
export const BASES = ["month_before", "marginal", "retroactive", "growth", "target"] as const satisfies readonly Rule["basis"][];
export const MOST_DESIGNS = 4;
export const MOST_THRESHOLDS = 3;
const WHOLE_BPS = 10_000;

/** What is being tried out. */
export interface Drafts {
  designs: readonly Design[];
  assumptions: Assumptions;
}

export const PLAIN_ASSUMPTIONS: Assumptions = {
  margin_bps: 6_000,
  tax_bps: 0,
  budget: null,
  churn_bps: 0,
  refunds_bps: 0,
  volume_bps: WHOLE_BPS,
  elasticity_bps: [0, 0, 0],
  seed: 1,
};

/** Whether thresholds are amounts, and not parts of a target or of the period before. */
export const isOfVolume = (rule: Rule) => rule.basis !== "growth" && rule.basis !== "target";

export const ratesOf = (rule: Rule, kind: Kind, role: Role): readonly number[] => rule[kind][role] ?? rule.tier_thresholds.concat("").map(() => 0);

export function withRate(rule: Rule, kind: Kind, role: Role, tier: number, bps: number): Rule {
  const rates = ratesOf(rule, kind, role).map((rate, at) => (at === tier ? bps : rate));
  return { ...rule, [kind]: { ...rule[kind], [role]: rates } };
}

export function withThreshold(rule: Rule, place: number, threshold: string): Rule {
  return { ...rule, tier_thresholds: rule.tier_thresholds.map((old, at) => (at === place ? threshold : old)) };
}

/** One tier more, at twice the last threshold and with the last tier's rates. */
export function withTier(rule: Rule): Rule {
  const last = rule.tier_thresholds[rule.tier_thresholds.length - 1];
  const threshold = last ? String(2n * BigInt(last)) : isOfVolume(rule) ? "100000" : String(WHOLE_BPS);
  return everyRow({ ...rule, tier_thresholds: [...rule.tier_thresholds, threshold] }, (row) => [...row, row[row.length - 1] ?? 0]);
}

export function withoutTier(rule: Rule): Rule {
  return everyRow({ ...rule, tier_thresholds: rule.tier_thresholds.slice(0, -1) }, (row) => row.slice(0, -1));
}

/** Another basis, whose thresholds are in the same unit, or else those that make sense for it. */
export function withBasis(rule: Rule, basis: Rule["basis"]): Rule {
  const other = { ...rule, basis };
  if (isOfVolume(other) === isOfVolume(rule)) return basis === "target" && other.target === "0" ? { ...other, target: "1000000" } : other;
  const first = basis === "growth" ? 500 : basis === "target" ? 8_000 : 100_000;
  const thresholds = rule.tier_thresholds.map((_, place) => String(isOfVolume(other) ? first * 2 ** place : first + place * 1_000));
  return { ...other, tier_thresholds: thresholds, target: basis === "target" ? "1000000" : other.target };
}

function everyRow(rule: Rule, change: (row: readonly number[]) => number[]): Rule {
  const rows = (kind: Kind) => Object.fromEntries(Object.entries(rule[kind]).map(([role, row]) => [role, change(row)]));
  return { ...rule, new: rows("new"), renewal: rows("renewal") };
}

/** Why a rule cannot be reckoned: the server says the same, but a person edits on. */
export function flawOf(rule: Rule): "ascending" | "whole" | null {
  const thresholds = rule.tier_thresholds.map(BigInt);
  if (thresholds.some((threshold, place) => threshold <= (thresholds[place - 1] ?? 0n))) return "ascending";
  const highest = (kind: Kind) => ROLES.reduce((sum, role) => sum + Math.max(...ratesOf(rule, kind, role)), 0);
  return KINDS.some((kind) => highest(kind) > WHOLE_BPS) ? "whole" : null;
}

/** A candidate that begins as today's plans. */
export const copyOf = (rules: Readonly<Record<string, Rule>>, name: string): Design => ({ name, plans: { ...rules } });

export const changeRule = (design: Design, code: string, rule: Rule): Design => ({ ...design, plans: { ...design.plans, [code]: rule } });

/** What is tried out, as a part of an address that can be sent to somebody. */
export function toHash(drafts: Drafts): string {
  const bytes = new TextEncoder().encode(JSON.stringify(drafts));
  return `#${btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** What an address says is tried out; null where it says nothing that makes sense. */
export function fromHash(hash: string): Drafts | null {
  try {
    const text = atob(hash.slice(1).replaceAll("-", "+").replaceAll("_", "/"));
    const found: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
    return isDrafts(found) ? found : null;
  } catch {
    return null;
  }
}

function isDrafts(value: unknown): value is Drafts {
  if (typeof value !== "object" || value === null) return false;
  const { designs, assumptions } = value as Partial<Record<keyof Drafts, unknown>>;
  return Array.isArray(designs) && designs.length <= MOST_DESIGNS && designs.every(isDesign) && isAssumptions(assumptions);
}

function isDesign(value: unknown): boolean {
  const { name, plans } = (value ?? {}) as { name?: unknown; plans?: unknown };
  return typeof name === "string" && typeof plans === "object" && plans !== null && Object.values(plans).every(isRule);
}

function isRule(value: unknown): boolean {
  const rule = (value ?? {}) as Partial<Record<keyof Rule, unknown>>;
  const thresholds = rule.tier_thresholds;
  if (!Array.isArray(thresholds) || thresholds.length > MOST_THRESHOLDS || !thresholds.every((one) => /^\d{1,19}$/.test(String(one)))) return false;
  const rows = [rule.new, rule.renewal].flatMap((table) => (typeof table === "object" && table !== null ? Object.values(table) : [null]));
  return rows.every((row) => Array.isArray(row) && row.length === thresholds.length + 1 && row.every(Number.isInteger));
}

function isAssumptions(value: unknown): value is Assumptions {
  if (typeof value !== "object" || value === null) return false;
  return Object.keys(PLAIN_ASSUMPTIONS).every((name) => name in value);
}
