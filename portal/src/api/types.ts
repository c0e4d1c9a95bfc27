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
export type Account = Schemas["AccountOut"];
export type Posting = Schemas["PostingOut"];
export type Transaction = Schemas["TransactionOut"];
export type Period = Schemas["PeriodOut"];
export type PeriodWithChecklist = Schemas["PeriodWithChecklist"];
export type PeriodBalance = Schemas["PeriodTrialBalance"];
export type Run = Schemas["RunOut"];
export type RunWithHistory = Schemas["RunWithHistory"];
export type Answer = Schemas["AnswerOut"];
export type Plan = Schemas["PlanVersionOut"];
export type Customer = Schemas["CustomerOut"];
export type Attribution = Schemas["AttributionOut"];
export type Attempt = Schemas["AttemptToSettleOut"];
export type InboxEvent = Schemas["EventOut"];
export type Member = Schemas["MemberOut"];
export type MemberChange = Schemas["MemberChange"];
export type ApiKey = Schemas["ApiKeyOut"];
export type Deal = Schemas["DealOut"];
export type DealDetail = Schemas["DealDetail"];
export type DealFinding = Schemas["DealFindingOut"];
export type NewDeal = Schemas["NewDealIn"];
export type KnownCompany = Schemas["KnownCompanyOut"];
export type NewKnownCompany = Schemas["KnownCompanyIn"];
export type Dispute = Schemas["DisputeOut"];
export type DisputeDetail = Schemas["DisputeDetail"];
export type Party = Schemas["PartyOut"];
export type NewDispute = Schemas["DisputeIn"];
export type AuditLine = Schemas["AuditLineOut"];
export type Agreement = Schemas["AgreementOut"];
export type AgreementStanding = Schemas["AgreementStandingOut"];
export type Standing = Schemas["StandingOut"];
export type Invitation = Schemas["InvitationOut"];
export type Invoice = Schemas["InvoiceOut"];
export type NewInvoice = Schemas["InvoiceIn"];
export type PayoutChange = Schemas["ChangeIn"];
export type OneselfChange = Schemas["OneselfChange"];
export type BankAccount = Schemas["BankAccountOut"];
export type DataRequest = Schemas["PrivacyRequestOut"];
export type Material = Schemas["MaterialOut"];
export type NewMaterial = Schemas["MaterialIn"];
export type MaterialChange = Schemas["MaterialChange"];
