/** The API's shapes under the names that the pages use. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Viewer = Schemas["Viewer"];
export type Earnings = Schemas["Earnings"];
export type EarningsMonth = Schemas["EarningsMonth"];
export type Commission = Schemas["Commission"];
export type Role = Commission["role"];
export type Order = Schemas["Order"];
export type Batch = Schemas["Batch"];
export type Payout = Schemas["Payout"];
export type Partner = Schemas["PartnerRow"];
export type TrialBalance = Schemas["TrialBalance"];
export type Audit = Schemas["Audit"];
export type Check = Schemas["Check"];
export type Refusal = Schemas["Refusal"];

/** A page of a list. */
export interface Page<Row> {
  data: Row[];
  has_more: boolean;
}

export const ROLES = ["referrer", "implementer", "trainer"] as const satisfies readonly Role[];
