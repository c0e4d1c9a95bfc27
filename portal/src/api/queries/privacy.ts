import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import { type Cursor, cursorQuery } from "../cursor";
import type { DataRequest } from "../types";
import { asList, PAGE_SIZE } from "./common";

export const dataRequestsQuery = (cursor: Cursor) => {
  const query = { limit: PAGE_SIZE, ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["data-requests", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/privacy-requests", { params: { query }, signal })),
    ...asList,
  });
};

const of = (requestId: string) => ({ path: { request_id: requestId } });

export const archiveOf = (request: DataRequest) => `/v1/privacy-requests/${request.id}/archive`;

export const askForData = (body: Pick<DataRequest, "kind" | "law"> & { password: string }) => unwrap(api.POST("/v1/privacy-requests", { body }));

export const approveErasure = (id: string) => unwrap(api.POST("/v1/privacy-requests/{request_id}/approve", { params: of(id) }));

export const erase = (id: string) => unwrap(api.POST("/v1/privacy-requests/{request_id}/erase", { params: of(id) }));

export const refuseErasure = (id: string, reason: string) =>
  unwrap(api.POST("/v1/privacy-requests/{request_id}/refuse", { params: of(id), body: { reason } }));
