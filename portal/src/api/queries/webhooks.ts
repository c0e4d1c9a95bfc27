import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";

const ofEndpoint = (id: string) => ({ path: { endpoint_id: id } });

export const endpointsQuery = queryOptions({
  queryKey: ["webhook-endpoints"],
  queryFn: ({ signal }) => unwrap(api.GET("/v1/webhook-endpoints", { params: { query: { limit: 100 } }, signal })),
});

export const deliveriesQuery = (endpoint: string) =>
  queryOptions({
    queryKey: ["webhook-deliveries", endpoint],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/webhook-deliveries", { params: { query: { endpoint, limit: 10 } }, signal })),
  });

export interface NewEndpoint {
  url: string;
  description: string;
  event_types: string[];
}

export const addEndpoint = (body: NewEndpoint) => unwrap(api.POST("/v1/webhook-endpoints", { body }));

export const setEndpointEnabled = (id: string, enabled: boolean) =>
  unwrap(api.PATCH("/v1/webhook-endpoints/{endpoint_id}", { params: ofEndpoint(id), body: { enabled } }));

export const removeEndpoint = (id: string) => unwrap(api.DELETE("/v1/webhook-endpoints/{endpoint_id}", { params: ofEndpoint(id) }));

export const testEndpoint = (id: string) => unwrap(api.POST("/v1/webhook-endpoints/{endpoint_id}/test", { params: ofEndpoint(id) }));

export const rotateSecret = (id: string) =>
  unwrap(api.POST("/v1/webhook-endpoints/{endpoint_id}/rotate-secret", { params: ofEndpoint(id), body: { overlap_hours: 24 } }));

export const resendDelivery = (id: string) =>
  unwrap(api.POST("/v1/webhook-deliveries/{delivery_id}/resend", { params: { path: { delivery_id: id } } }));
