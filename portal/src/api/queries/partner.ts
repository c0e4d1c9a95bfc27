import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import { type Cursor, cursorQuery } from "../cursor";
import type { Commission, Payout, PayoutChange, Role } from "../types";
import { asList, PAGE_SIZE, set } from "./common";

const ofPartner = (partnerId: string) => ({ path: { partner_id: partnerId } });
const ofCommission = (commissionId: string) => ({ path: { commission_id: commissionId } });

export const earningsQuery = (partnerId: string) =>
  queryOptions({
    queryKey: ["earnings", partnerId],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/partners/{partner_id}/earnings", { params: ofPartner(partnerId), signal })),
  });

export const tiersQuery = (partnerId: string) =>
  queryOptions({
    queryKey: ["earnings", partnerId, "tiers"],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/partners/{partner_id}/tiers", { params: ofPartner(partnerId), signal })),
  });

export interface Question {
  plan: string;
  kind: Commission["kind"];
  /** Minor units. */
  base: number;
  role: Role[];
}

export const estimateQuery = (partnerId: string, query: Question) =>
  queryOptions({
    queryKey: ["earnings", partnerId, "estimate", query],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/v1/estimate", { params: { query: { partner: partnerId, ...query } }, signal })),
    ...asList,
  });

// --- Commissions ---

/** What a list of commissions, and its file, is narrowed by. */
export interface CommissionFilters {
  month?: string;
  role?: Role;
  status?: Commission["status"];
  customer?: string;
  search?: string;
  from?: string;
  to?: string;
  timezone?: string;
}

export interface CommissionList extends CommissionFilters, Cursor {
  sort?: "settled_on" | "-settled_on";
}

/** Days mean nothing without their timezone, and a timezone nothing without days. */
export function commissionQuery({ month, role, status, customer, search, from, to, timezone }: CommissionFilters) {
  return set({ month, role, status, customer, search, from, to, timezone: from || to ? timezone : undefined });
}

export const commissionsQuery = (partner: string | undefined, list: CommissionList, limit = PAGE_SIZE) => {
  const query = { limit, ...set({ partner, sort: list.sort }), ...commissionQuery(list), ...cursorQuery(list) };
  return queryOptions({
    queryKey: ["commissions", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/commissions", { params: { query }, signal })),
    ...asList,
  });
};

export const oneCommissionQuery = (commissionId: string) =>
  queryOptions({
    queryKey: ["commission", commissionId],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/commissions/{commission_id}", { params: ofCommission(commissionId), signal })),
  });

export const historyQuery = (commissionId: string) =>
  queryOptions({
    queryKey: ["commission", commissionId, "history"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/v1/commissions/{commission_id}/history", { params: ofCommission(commissionId), signal })),
  });

export const proofQuery = (commissionId: string) =>
  queryOptions({
    queryKey: ["commission", commissionId, "proof"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/v1/commissions/{commission_id}/proof", { params: ofCommission(commissionId), signal })),
  });

// --- Money ---

export interface PayoutFilters extends Cursor {
  status?: Payout["status"];
}

export const payoutsQuery = (partner: string | undefined, { status, ...cursor }: PayoutFilters) => {
  const query = { limit: PAGE_SIZE, ...set({ partner, status }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["payouts", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/payouts", { params: { query }, signal })),
    ...asList,
  });
};

/** Why the newest run left a partner out, if it did. */
export const exclusionsQuery = (partner: string) =>
  queryOptions({
    queryKey: ["payouts", "exclusions", partner],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/payout-exclusions", { params: { query: { partner, limit: 1 } }, signal })),
  });

export const payoutDetailsQuery = (partnerId: string) =>
  queryOptions({
    queryKey: ["payout-details", partnerId],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/v1/partners/{partner_id}/payout-details", { params: ofPartner(partnerId), signal })),
  });

export const askPayoutChange = (partnerId: string, body: PayoutChange) =>
  unwrap(api.PUT("/v1/partners/{partner_id}/payout-details/change", { params: ofPartner(partnerId), body }));

export const undoPayoutChange = (partnerId: string) =>
  unwrap(api.DELETE("/v1/partners/{partner_id}/payout-details/change", { params: ofPartner(partnerId) }));

/** Whether a partner is paid, and if it was suspended, why. */
export const standingQuery = (partnerId: string) =>
  queryOptions({
    queryKey: ["partner", partnerId, "standing"],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/partners/{partner_id}/standing", { params: ofPartner(partnerId), signal })),
  });

export const statementsQuery = (partnerId: string) =>
  queryOptions({
    queryKey: ["statements", partnerId],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/statements/{partner_id}", { params: ofPartner(partnerId), signal })),
  });
