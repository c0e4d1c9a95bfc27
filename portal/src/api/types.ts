/** The API's shapes under the names that the pages use. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Viewer = Schemas["ViewerOut"];
export type Earnings = Schemas["EarningsOut"];
export type EarningsMonth = Schemas["MonthOut"];
export type Commission = Schemas["CommissionOut"];
export type Role = Commission["role"];
export type Order = Schemas["OrderOut"];
export type Batch = Schemas["BatchOut"];
export type Payout = Schemas["PayoutOut"];
export type Partner = Schemas["PartnerWithBalance"];
export type TrialBalance = Schemas["TrialBalance"];
export type Audit = Schemas["AuditOut"];
export type Check = Schemas["AuditCheck"];
export type Refusal = Schemas["RefusalOut"];

/** A page of a list. */
export interface Page<Row> {
  data: Row[];
  has_more: boolean;
}

export const ROLES = ["referrer", "implementer", "trainer"] as const satisfies readonly Role[];
export type Tier = Schemas["TierOut"];
export type Happening = Schemas["HappeningOut"];
export type CommissionProof = Schemas["CommissionProof"];
export type PayoutDetails = Schemas["DetailsOut"];
export type Exclusion = Schemas["ExclusionOut"];
export type Oneself = Schemas["OneselfOut"];
export type SessionEntry = Schemas["SessionOut"];
export type StatementMonth = Schemas["StatementListed"];
export type WebhookEndpoint = Schemas["EndpointOut"];
export type WebhookDelivery = Schemas["DeliveryOut"];
