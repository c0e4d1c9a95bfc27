import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import { type Cursor, cursorQuery } from "../cursor";
import type { Answer, Audit, Payout, Run } from "../types";
import { asList, orNull, PAGE_SIZE, set } from "./common";

// --- Books ---

export const trialBalanceQuery = queryOptions({
  queryKey: ["trial-balance"],
  queryFn: ({ signal }) => unwrap(api.GET("/v1/trial-balance", { signal })),
});

/** As of a day, that day included. */
export const balanceOfDayQuery = (day: string) =>
  queryOptions({
    queryKey: ["trial-balance", day],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/trial-balance/{day}", { params: { path: { day } }, signal })),
  });

export interface AccountFilters extends Cursor {
  kind?: string;
  search?: string;
}

export const accountsQuery = ({ kind, search, ...cursor }: AccountFilters) => {
  const query = { limit: PAGE_SIZE, ...set({ kind, search }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["accounts", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/accounts", { params: { query }, signal })),
    ...asList,
  });
};

export const accountQuery = (accountId: string) =>
  queryOptions({
    queryKey: ["accounts", accountId],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/accounts/{account_id}", { params: { path: { account_id: accountId } }, signal })),
  });

export interface PostingFilters extends Cursor {
  search?: string;
  from?: string;
  to?: string;
}

export const postingsQuery = (of: { account?: string; transaction?: number }, { search, from, to, ...cursor }: PostingFilters) => {
  const query = { limit: PAGE_SIZE, ...of, ...set({ search, from, to }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["accounts", "postings", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/postings", { params: { query }, signal })),
    ...asList,
  });
};

export const transactionQuery = (number: number) =>
  queryOptions({
    queryKey: ["transaction", number],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/transactions/{number}", { params: { path: { number } }, signal })),
  });

export const auditQuery = queryOptions({
  queryKey: ["audit"],
  queryFn: ({ signal }): Promise<Audit | null> => orNull(unwrap(api.GET("/v1/audit", { signal })), 404),
});

export const runAudit = () => unwrap(api.POST("/v1/audit"));

// --- Periods ---

const ofMonth = (month: string) => ({ path: { month } });

export const periodsQuery = queryOptions({
  queryKey: ["periods"],
  queryFn: ({ signal }) => unwrap(api.GET("/v1/periods", { signal })),
});

export const periodQuery = (month: string) =>
  queryOptions({
    queryKey: ["periods", month],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/periods/{month}", { params: ofMonth(month), signal })),
  });

export const balanceOfMonthQuery = (month: string) =>
  queryOptions({
    queryKey: ["trial-balance", month],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/periods/{month}/trial-balance", { params: ofMonth(month), signal })),
  });

export const closePeriod = (month: string) => unwrap(api.POST("/v1/periods/{month}/close", { params: ofMonth(month) }));

export const lockPeriod = (month: string) => unwrap(api.POST("/v1/periods/{month}/lock", { params: ofMonth(month) }));

// --- Payout runs ---

const ofRun = (runId: string) => ({ path: { run_id: runId } });

export interface RunFilters extends Cursor {
  status?: Run["status"];
}

export const runsQuery = ({ status, ...cursor }: RunFilters) => {
  const query = { limit: PAGE_SIZE, ...set({ status }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["payout-runs", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/payout-runs", { params: { query }, signal })),
    ...asList,
  });
};

export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: ["payout-runs", runId],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/payout-runs/{run_id}", { params: ofRun(runId), signal })),
  });

export interface ItemFilters extends Cursor {
  status?: Payout["status"];
}

export const runPayoutsQuery = (run: string, { status, ...cursor }: ItemFilters) => {
  const query = { limit: PAGE_SIZE, run, ...set({ status }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["payouts", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/payouts", { params: { query }, signal })),
    ...asList,
  });
};

export const leftOutQuery = (run: string, { reason, ...cursor }: Cursor & { reason?: string }) => {
  const query = { limit: PAGE_SIZE, run, ...set({ reason }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["payout-runs", "left-out", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/payout-exclusions", { params: { query }, signal })),
    ...asList,
  });
};

export const prepareRun = (body: { currency: string; pays_on: string; rail: Run["rail"] }) => unwrap(api.POST("/v1/payout-runs", { body }));

export const approveRun = (runId: string) => unwrap(api.POST("/v1/payout-runs/{run_id}/approve", { params: ofRun(runId) }));

export const rejectRun = (runId: string, reason: string) =>
  unwrap(api.POST("/v1/payout-runs/{run_id}/reject", { params: ofRun(runId), body: { reason } }));

export const cancelRun = (runId: string, reason: string) =>
  unwrap(api.POST("/v1/payout-runs/{run_id}/cancel", { params: ofRun(runId), body: { reason } }));

export const FILE_FORMATS = { "pain.001": "xml", csv: "csv" } as const;
export type FileFormat = keyof typeof FILE_FORMATS;

/** The bank file of an approved run, which is sent from here on. */
export async function bankFile(runId: string, format: FileFormat): Promise<File> {
  const params = { ...ofRun(runId), query: { format } };
  const content = await unwrap(api.POST("/v1/payout-runs/{run_id}/file", { params, parseAs: "blob" }));
  return new File([content as Blob], `${runId}.${FILE_FORMATS[format]}`);
}

/** The bank's answer, as the bank wrote it: CSV or pain.002. */
export const takeInAnswer = (file: File): Promise<Answer> =>
  unwrap(
    api.POST("/v1/bank-answers/batch", {
      body: file as unknown as string,
      bodySerializer: (content: unknown) => content as BodyInit,
      headers: { "Content-Type": "application/octet-stream" },
    }),
  );

// --- Secrets of systems that send events ---

export const sourceSecretsQuery = queryOptions({
  queryKey: ["source-secrets"],
  queryFn: ({ signal }) => unwrap(api.GET("/v1/event-source-secrets", { signal })),
});

export const makeSourceSecret = (source: string) =>
  unwrap(api.POST("/v1/event-source-secrets/{source}", { params: { path: { source } }, body: {} }));

export const removeSourceSecret = ({ source, id }: { source: string; id: string }) =>
  unwrap(api.DELETE("/v1/event-source-secrets/{source}/{secret_id}", { params: { path: { source, secret_id: id } } }));

// --- Payout details ---

export const verifyPayoutChange = (partnerId: string) =>
  unwrap(api.POST("/v1/partners/{partner_id}/payout-details/change/verify", { params: { path: { partner_id: partnerId } } }));

export const payoutAccounts = (partnerId: string) =>
  unwrap(api.GET("/v1/partners/{partner_id}/payout-details/accounts", { params: { path: { partner_id: partnerId } } }));

export const verifyPayoutDetails = (partnerId: string) =>
  unwrap(api.POST("/v1/partners/{partner_id}/payout-details/verify", { params: { path: { partner_id: partnerId } } }));
