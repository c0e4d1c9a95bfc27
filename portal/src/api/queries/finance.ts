import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import { type Cursor, cursorQuery } from "../cursor";
import type { Audit } from "../types";
import { asList, orNull } from "./common";

export const batchesQuery = (cursor: Cursor) => {
  const query = { limit: 10, ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["batches", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/batches", { params: { query }, signal })),
    ...asList,
  });
};

export const refusalsQuery = (cursor: Cursor) => {
  const query = { limit: 10, ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["refusals", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/refusals", { params: { query }, signal })),
    ...asList,
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
