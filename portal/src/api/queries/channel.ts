import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import { type Cursor, cursorQuery } from "../cursor";
import type { InboxEvent, Order, WebhookDelivery } from "../types";
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

export const partnerQuery = (partnerId: string) =>
  queryOptions({
    queryKey: ["partner", partnerId],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/partners/{partner_id}", { params: { path: { partner_id: partnerId } }, signal })),
  });

// --- Plans and attributions ---

export const plansQuery = queryOptions({
  queryKey: ["plans"],
  queryFn: ({ signal }) => unwrap(api.GET("/v1/plans", { signal })),
});

export interface CustomerFilters extends Cursor {
  search?: string;
  partner?: string;
}

export const customersQuery = ({ search, partner, ...cursor }: CustomerFilters) => {
  const query = { limit: PAGE_SIZE, ...set({ search, partner }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["customers", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/customers", { params: { query }, signal })),
    ...asList,
  });
};

export const customerQuery = (customerId: string) =>
  queryOptions({
    queryKey: ["customers", customerId],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/customers/{customer_id}", { params: { path: { customer_id: customerId } }, signal })),
  });

// --- Batches ---

const ofBatch = (batchId: string) => ({ path: { batch_id: batchId } });

export const batchesQuery = (cursor: Cursor) => {
  const query = { limit: PAGE_SIZE, ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["batches", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/batches", { params: { query }, signal })),
    ...asList,
  });
};

export const batchQuery = (batchId: string) =>
  queryOptions({
    queryKey: ["batch", batchId],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/batches/{batch_id}", { params: ofBatch(batchId), signal })),
  });

export const attemptsQuery = (batchId: string) =>
  queryOptions({
    queryKey: ["batch", batchId, "attempts"],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/batches/{batch_id}/attempts", { params: ofBatch(batchId), signal })),
  });

export const batchOrdersQuery = (batch: string, cursor: Cursor) => {
  const query = { limit: PAGE_SIZE, batch, ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["orders", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/orders", { params: { query }, signal })),
    ...asList,
  });
};

// --- What comes in, and what goes out ---

export interface EventFilters extends Cursor {
  status?: InboxEvent["status"];
  search?: string;
}

export const eventsQuery = ({ status, search, ...cursor }: EventFilters) => {
  const query = { limit: PAGE_SIZE, ...set({ status, search }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["orders", "events", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/events", { params: { query }, signal })),
    ...asList,
  });
};

export const refusalsQuery = (cursor: Cursor) => {
  const query = { limit: PAGE_SIZE, ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["refusals", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/refusals", { params: { query }, signal })),
    ...asList,
  });
};

export interface DeliveryFilters extends Cursor {
  status?: WebhookDelivery["status"];
  endpoint?: string;
}

export const allDeliveriesQuery = ({ status, endpoint, ...cursor }: DeliveryFilters) => {
  const query = { limit: PAGE_SIZE, ...set({ status, endpoint }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["webhook-deliveries", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/webhook-deliveries", { params: { query }, signal })),
    ...asList,
  });
};

export const deliveryQuery = (deliveryId: string) =>
  queryOptions({
    queryKey: ["webhook-deliveries", deliveryId],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/webhook-deliveries/{delivery_id}", { params: { path: { delivery_id: deliveryId } }, signal })),
  });

export const changeStanding = (partnerId: string, step: "suspend" | "reinstate", reason: string) =>
  unwrap(api.POST(`/v1/partners/{partner_id}/${step}`, { params: { path: { partner_id: partnerId } }, body: { reason } }));
