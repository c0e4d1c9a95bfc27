import type { Declaration } from "~/api/queries/simulator";

/** A declaration as it is being made: where partners sell and what they are has no usual answer. */
export type DeclarationDraft = Omit<Declaration, "jurisdiction" | "channel_role"> & {
  jurisdiction: Declaration["jurisdiction"] | "";
  channel_role: Declaration["channel_role"] | "";
};

export const UNDECLARED: DeclarationDraft = {
  jurisdiction: "",
  channel_role: "",
  genuine_agency: false,
  price_clause: "none",
  rebate_reads: "none",
  own_share_bps: null,
  partner_share_bps: null,
  product_turnover: null,
  safe_harbour_evidence: false,
  restraint: "none",
  measure: "sales",
  recruit_required: false,
  entry_fee: "0",
  mandatory_purchase: false,
  override_depth: 0,
  role_work: true,
  network_depth: 1,
  tied_to_retail: true,
  licensed_direct_seller: false,
};

/** Questions with a few answers, and those. */
export const CHOICES = {
  jurisdiction: ["CN", "EU", "UK", "US", "other"],
  channel_role: ["agent", "reseller"],
  price_clause: ["none", "fixed_resale_price", "min_resale_price", "max_discount", "min_margin"],
  rebate_reads: ["none", "own_sales", "resale_price", "advertised_price"],
  restraint: ["none", "territory", "customers", "exclusive_dealing", "mfn"],
  measure: ["sales", "headcount"],
} as const satisfies { [Name in keyof Declaration]?: readonly Declaration[Name][] };
export type ChoiceName = keyof typeof CHOICES;
export type Answer = (typeof CHOICES)[ChoiceName][number];

/** All questions, in the order in which they are asked. */
export const QUESTIONS = Object.keys(UNDECLARED) as (keyof Declaration)[];

export const isChoice = (name: keyof Declaration): name is ChoiceName => name in CHOICES;

/** What is declared; nothing while the two questions without a usual answer are open. */
export function declared(draft: DeclarationDraft): Declaration | null {
  const { jurisdiction, channel_role } = draft;
  return jurisdiction === "" || channel_role === "" ? null : { ...draft, jurisdiction, channel_role };
}
