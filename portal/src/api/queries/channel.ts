import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import { type Cursor, cursorQuery } from "../cursor";
import type { Order } from "../types";
import { asList, PAGE_SIZE, set } from "./common";

export interface OrderFilters extends Cursor {
  status?: Order["status"];
  search?: string;
}

export const ordersQuery = ({ status, search, ...cursor }: OrderFilters) => {
  const query = { limit: PAGE_SIZE, ...set({ status, search }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["orders", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/orders", { params: { query }, signal })),
    ...asList,
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
    ...asList,
  });
};
