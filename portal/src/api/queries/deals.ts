import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import { type Cursor, cursorQuery } from "../cursor";
import type { Deal, Dispute, NewDeal, NewDispute, NewKnownCompany } from "../types";
import { asList, PAGE_SIZE, set } from "./common";

// --- Registrations ---

export interface DealFilters extends Cursor {
  status?: Deal["status"];
}

export const dealsQuery = ({ status, ...cursor }: DealFilters) => {
  const query = { limit: PAGE_SIZE, ...set({ status }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["deals", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/deals", { params: { query }, signal })),
    ...asList,
  });
};

const ofDeal = (dealId: string) => ({ path: { deal_id: dealId } });

export const dealQuery = (dealId: string) =>
  queryOptions({
    queryKey: ["deals", dealId],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/deals/{deal_id}", { params: ofDeal(dealId), signal })),
  });

export const makeDeal = (body: NewDeal) => unwrap(api.POST("/v1/deals", { body }));
export const changeDeal = (dealId: string, body: NewDeal) => unwrap(api.PUT("/v1/deals/{deal_id}", { params: ofDeal(dealId), body }));
export const submitDeal = (dealId: string) => unwrap(api.POST("/v1/deals/{deal_id}/submit", { params: ofDeal(dealId) }));
export const withdrawDeal = (dealId: string) => unwrap(api.POST("/v1/deals/{deal_id}/withdraw", { params: ofDeal(dealId) }));

/** A file as it is, in the body. */
const fileBody = (file: File) => ({
  body: file as unknown as string,
  bodySerializer: (content: unknown) => content as BodyInit,
  headers: { "Content-Type": "application/octet-stream" },
});

export const extendDeal = (dealId: string, note: string, file: File) =>
  unwrap(api.POST("/v1/deals/{deal_id}/extension", { params: { ...ofDeal(dealId), query: { note } }, ...fileBody(file) }));

export interface Decision {
  decision: "approve" | "reject" | "return";
  reason: string | null;
  attribution: { customer_id: string; plan_id: string } | null;
}

export const decideDeal = (dealId: string, body: Decision) => unwrap(api.POST("/v1/deals/{deal_id}/decision", { params: ofDeal(dealId), body }));

export const claimOf = (dealId: string) => unwrap(api.GET("/v1/deals/{deal_id}/claim", { params: ofDeal(dealId) }));
export const makeClaim = (dealId: string, body: { deadline: number; signature: string }) =>
  unwrap(api.POST("/v1/deals/{deal_id}/claim", { params: ofDeal(dealId), body }));

// --- Companies that the vendor knows itself ---

export const companiesQuery = (cursor: Cursor) => {
  const query = { limit: PAGE_SIZE, ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["known-companies", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/known-companies", { params: { query }, signal })),
    ...asList,
  });
};

export const addCompany = (body: NewKnownCompany) => unwrap(api.POST("/v1/known-companies", { body }));
export const removeCompany = (companyId: string) => unwrap(api.DELETE("/v1/known-companies/{company_id}", { params: { path: { company_id: companyId } } }));

// --- Disputes ---

export interface DisputeFilters extends Cursor {
  status?: Dispute["status"];
}

export const disputesQuery = ({ status, ...cursor }: DisputeFilters) => {
  const query = { limit: PAGE_SIZE, ...set({ status }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["disputes", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/disputes", { params: { query }, signal })),
    ...asList,
  });
};

const of = (disputeId: string) => ({ path: { dispute_id: disputeId } });

export const disputeQuery = (disputeId: string) =>
  queryOptions({
    queryKey: ["disputes", disputeId],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/disputes/{dispute_id}", { params: of(disputeId), signal })),
  });

export const makeDispute = (body: NewDispute) => unwrap(api.POST("/v1/disputes", { body }));
export const openDispute = (disputeId: string) => unwrap(api.POST("/v1/disputes/{dispute_id}/open", { params: of(disputeId) }));

export const fileEvidence = (disputeId: string, file: File, description: string) =>
  unwrap(
    api.POST("/v1/disputes/{dispute_id}/evidence", {
      params: { ...of(disputeId), query: { name: file.name.slice(0, 200), description } },
      ...fileBody(file),
    }),
  );

export type Saying = "withdraw" | "response" | "concession" | "appeal" | "hold" | "resume" | "escalation";

/** What somebody says in a step that takes words. */
export const say = (disputeId: string, step: Saying, words: string) =>
  unwrap(api.POST(`/v1/disputes/{dispute_id}/${step}`, { params: of(disputeId), body: { words } }));

export type Ruling = NonNullable<Dispute["ruling"]>;
export type Judging = "proposal" | "ruling" | "vote";

export const judge = (disputeId: string, step: Judging, ruling: Ruling, reason: string) =>
  unwrap(api.POST(`/v1/disputes/{dispute_id}/${step}`, { params: of(disputeId), body: { ruling, reason } }));

/** From now on the reader rules on none of a partner's disputes. */
export const recuse = (partnerId: string, reason: string) => unwrap(api.POST("/v1/recusals", { body: { partner_id: partnerId, reason } }));

/** The newest disputes that the reader sees, as many as the API gives at once: whose they are. */
export const partiesQuery = queryOptions({
  queryKey: ["disputes", "parties"],
  queryFn: ({ signal }) => unwrap(api.GET("/v1/disputes", { params: { query: { limit: 100 } }, signal })),
  select: ({ data }) => [...new Map(data.flatMap(({ claimant, respondent }) => [claimant, respondent]).map((party) => [party.id, party])).values()],
});

export const answer = (disputeId: string, accepts: boolean) =>
  unwrap(api.POST("/v1/disputes/{dispute_id}/answer", { params: of(disputeId), body: { accepts } }));
