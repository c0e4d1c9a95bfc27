import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import { type Cursor, cursorQuery } from "../cursor";
import type { components, operations } from "../schema";
import { asList, PAGE_SIZE, set } from "./common";

type Schemas = components["schemas"];
export type Finding = Schemas["RuleFindingOut"];
export type FindingDetail = Schemas["RuleFindingDetail"];
export type Rule = Schemas["RuleOut"];
export type RuleDetail = Schemas["RuleDetail"];
export type RuleVersion = Schemas["RuleVersionOut"];
export type RuleVersionSummary = Schemas["RuleVersionSummary"];
export type RuleDocument = Schemas["RuleDocument"];
export type RuleField = Schemas["RuleFieldOut"];
export type RuleSetting = Schemas["RuleSettingOut"];
export type RuleFlaw = Schemas["RuleFlawOut"];
export type RuleTried = Schemas["RuleTriedOut"];
export type Bilingual = Schemas["Bilingual"];
export type Law = Schemas["Law"];
export type Point = Rule["point"];
export type Outcome = Finding["outcome"];
export type Which = NonNullable<NonNullable<operations["findings_v1_compliance_findings_get"]["parameters"]["query"]>["which"]>;
export type Fact = Schemas["RuleCase"]["facts"][string];

export const POINTS = [
  "plan.publish",
  "partner.activate",
  "event.accept",
  "month.book",
  "commission.calculate",
  "payout.prepare",
  "payout.release",
  "content.publish",
  "content.fetch",
  "data.request",
  "period.report",
] as const satisfies readonly Point[];
export const WHICH = ["stopping", "to_confirm", "noted", "decided", "closed"] as const satisfies readonly Which[];

// --- What rules found ---

export interface FindingFilters extends Cursor {
  which: Which;
  outcome?: Outcome | undefined;
  point?: Point | undefined;
  rule?: string | undefined;
  partner?: string | undefined;
}

export const findingsQuery = ({ which, outcome, point, rule, partner, ...cursor }: FindingFilters) => {
  const query = { limit: PAGE_SIZE, ...set({ which, outcome, point, rule, partner }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["findings", "list", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/compliance/findings", { params: { query }, signal })),
    ...asList,
  });
};

export const findingsSummaryQuery = queryOptions({
  queryKey: ["findings", "summary"],
  queryFn: ({ signal }) => unwrap(api.GET("/v1/compliance/findings/summary", { signal })),
});

const ofFinding = (id: string) => ({ path: { finding_id: id } });

export const findingQuery = (id: string) =>
  queryOptions({
    queryKey: ["findings", "one", id],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/compliance/findings/{finding_id}", { params: ofFinding(id), signal })),
  });

/** Steps that need a reason. */
export type FindingStep = "override" | "refuse" | "uphold" | "reopen";
export const decide = (id: string, step: FindingStep, reason: string) =>
  unwrap(api.POST(`/v1/compliance/findings/{finding_id}/${step}`, { params: ofFinding(id), body: { reason } }));

export const confirmFinding = (id: string) => unwrap(api.POST("/v1/compliance/findings/{finding_id}/confirm", { params: ofFinding(id), body: {} }));

// --- The month as a report ---

export type Report = Schemas["ComplianceReport"];
export const REPORT_FORMATS = ["pdf", "csv", "txt"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export const reportQuery = (month: string) =>
  queryOptions({
    queryKey: ["findings", "report", month],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/compliance/reports/{month}", { params: { path: { month } }, signal })),
    ...asList,
  });

export const reportFile = (month: string, format: ReportFormat, language: "en" | "zh") =>
  `/v1/compliance/reports/${month}/file?format=${format}&language=${language}`;

// --- Rules and their versions ---

export const rulesQuery = queryOptions({
  queryKey: ["rules", "all"],
  queryFn: ({ signal }) => unwrap(api.GET("/v1/compliance/rules", { signal })),
});

export const ruleQuery = (code: string) =>
  queryOptions({
    queryKey: ["rules", "one", code],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/compliance/rules/{code_}", { params: { path: { code_: code } }, signal })),
  });

/** The facts that a plan is judged by; they are known by any rule about plans. */
export const planFactsQuery = queryOptions({
  queryKey: ["rules", "facts", "plan.publish"],
  queryFn: async ({ signal }): Promise<RuleField[]> => {
    const { data } = await unwrap(api.GET("/v1/compliance/rules", { signal }));
    const rule = data.find(({ point }) => point === "plan.publish");
    if (!rule) return [];
    const { fields } = await unwrap(api.GET("/v1/compliance/rules/{code_}", { params: { path: { code_: rule.code } }, signal }));
    return fields;
  },
});

const ofVersion = (id: string) => ({ path: { version_id: id } });

export const ruleVersionQuery = (id: string) =>
  queryOptions({
    queryKey: ["rules", "version", id],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/compliance/rule-versions/{version_id}", { params: ofVersion(id), signal })),
  });

export const draftRule = (body: RuleDocument) => unwrap(api.POST("/v1/compliance/rules", { body }));
export const editRule = (id: string, body: RuleDocument) => unwrap(api.PUT("/v1/compliance/rule-versions/{version_id}", { params: ofVersion(id), body }));
export const stepRule = (id: string, step: "check" | "test" | "approve") =>
  unwrap(api.POST(`/v1/compliance/rule-versions/{version_id}/${step}`, { params: ofVersion(id) }));
export const publishRule = (id: string, from: string | null) =>
  unwrap(api.POST("/v1/compliance/rule-versions/{version_id}/publish", { params: ofVersion(id), body: { effective_from: from } }));
export const withdrawRule = (id: string, reason: string) =>
  unwrap(api.POST("/v1/compliance/rule-versions/{version_id}/withdraw", { params: ofVersion(id), body: { reason } }));
export const rollBackRule = (id: string, reason: string) =>
  unwrap(api.POST("/v1/compliance/rule-versions/{version_id}/roll-back", { params: ofVersion(id), body: { reason } }));
