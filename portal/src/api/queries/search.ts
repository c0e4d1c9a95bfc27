import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import type { Role } from "../types";

export interface Found {
  kind: "order" | "commission" | "partner";
  id: string;
  name: string;
  note: string;
  role?: Role;
  /** Where it is shown. */
  to: string;
}

const EACH = 5;

/** What a text finds among the orders, commissions and partners that the reader may see. */
export const searchQuery = (text: string, all: boolean, own: string | null) =>
  queryOptions({
    queryKey: ["search", text, all, own],
    queryFn: async ({ signal }): Promise<Found[]> => {
      const query = { search: text, limit: EACH };
      if (!all) return commissions(query, signal);
      const lists = await Promise.all([partners(query, signal), orders(query, signal)]);
      return lists.flat();
    },
    enabled: text !== "",
    placeholderData: text === "" ? undefined : keepPreviousData,
  });

interface Query {
  search: string;
  limit: number;
}

async function partners(query: Query, signal: AbortSignal): Promise<Found[]> {
  const { data } = await unwrap(api.GET("/v1/partners", { params: { query }, signal }));
  return data.map(({ id, name, external_id }) => ({ kind: "partner", id, name, note: external_id, to: `/partners/${id}` }));
}

async function orders(query: Query, signal: AbortSignal): Promise<Found[]> {
  const { data } = await unwrap(api.GET("/v1/orders", { params: { query }, signal }));
  return data.map(({ id, external_id, customer_external_id }) => ({
    kind: "order",
    id,
    name: external_id,
    note: customer_external_id,
    to: `/orders?search=${encodeURIComponent(external_id)}`,
  }));
}

async function commissions(query: Query, signal: AbortSignal): Promise<Found[]> {
  const { data } = await unwrap(api.GET("/v1/commissions", { params: { query }, signal }));
  return data.map(({ id, order_external_id, role }) => ({
    kind: "commission",
    id,
    name: order_external_id,
    note: "",
    role,
    to: `/commissions/${id}`,
  }));
}
