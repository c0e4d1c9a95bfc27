import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import { type Cursor, cursorQuery } from "../cursor";
import type { Commission, Role } from "../types";
import { asList, PAGE_SIZE, set } from "./common";

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
    ...asList,
  });
};

export const payoutsQuery = (partner: string | undefined, cursor: Cursor) => {
  const query = { limit: PAGE_SIZE, ...set({ partner }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["payouts", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/payouts", { params: { query }, signal })),
    ...asList,
  });
};
