import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, Problem, unwrap } from "./client";
import { type Cursor, cursorQuery } from "./cursor";
import type { Audit, Commission, Order, Role, Viewer } from "./types";

const PAGE_SIZE = 25;

/** Leaves out what is not set: an empty filter is no filter. */
function set<T extends Record<string, string | undefined>>(filters: T): Partial<T> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value)) as Partial<T>;
}

/** Nothing where the server says there is nothing, any other problem as it is. */
async function orNull<T>(answer: Promise<T>, status: number): Promise<T | null> {
  try {
    return await answer;
  } catch (problem) {
    if (problem instanceof Problem && problem.status === status) return null;
    throw problem;
  }
}

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }): Promise<Viewer | null> => orNull(unwrap(api.GET("/v1/session", { signal })), 401),
  staleTime: Number.POSITIVE_INFINITY,
});

export const earningsQuery = (partnerId: string) =>
  queryOptions({
    queryKey: ["earnings", partnerId],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/v1/partners/{partner_id}/earnings", { params: { path: { partner_id: partnerId } }, signal })),
  });

export interface CommissionFilters extends Cursor {
  month?: string;
  role?: Role;
  status?: Commission["status"];
  search?: string;
}

export const commissionsQuery = (partner: string, { month, role, status, search, ...cursor }: CommissionFilters) => {
  const query = { partner, limit: PAGE_SIZE, ...set({ month, role, status, search }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["commissions", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/commissions", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
};

export interface OrderFilters extends Cursor {
  status?: Order["status"];
  search?: string;
}

export const ordersQuery = ({ status, search, ...cursor }: OrderFilters) => {
  const query = { limit: PAGE_SIZE, ...set({ status, search }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["orders", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/orders", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
};

export const orderQuery = (orderId: string) =>
  queryOptions({
    queryKey: ["order", orderId],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/orders/{order_id}", { params: { path: { order_id: orderId } }, signal })),
  });

export interface PartnerFilters extends Cursor {
  search?: string;
}

export const partnersQuery = ({ search, ...cursor }: PartnerFilters) => {
  const query = { limit: PAGE_SIZE, ...set({ search }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["partners", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/partners", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
};

export const payoutsQuery = (partner: string | undefined, cursor: Cursor) => {
  const query = { limit: PAGE_SIZE, ...set({ partner }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["payouts", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/payouts", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
};

export const batchesQuery = (cursor: Cursor) => {
  const query = { limit: 10, ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["batches", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/batches", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
};

export const refusalsQuery = (cursor: Cursor) => {
  const query = { limit: 10, ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["refusals", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/refusals", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
};

export const trialBalanceQuery = queryOptions({
  queryKey: ["trial-balance"],
  queryFn: ({ signal }) => unwrap(api.GET("/v1/trial-balance", { signal })),
});

export const auditQuery = queryOptions({
  queryKey: ["audit"],
  queryFn: ({ signal }): Promise<Audit | null> => orNull(unwrap(api.GET("/v1/audit", { signal })), 404),
});

export const runAudit = () => unwrap(api.POST("/v1/audit"));

export const signIn = (login: string, password: string) =>
  unwrap(api.POST("/v1/session", { body: { login, password } }));

export const signOut = () => unwrap(api.DELETE("/v1/session"));
