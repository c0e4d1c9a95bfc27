import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import { type Cursor, cursorQuery } from "../cursor";
import type { NewInvoice } from "../types";
import { asList, PAGE_SIZE } from "./common";

const ofPartner = (partnerId: string) => ({ path: { partner_id: partnerId } });

export const invoicesQuery = (partnerId: string, cursor: Cursor) => {
  const query = { limit: PAGE_SIZE, ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["invoices", partnerId, query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/partners/{partner_id}/invoices", { params: { ...ofPartner(partnerId), query }, signal })),
    ...asList,
  });
};

export const registerInvoice = (partnerId: string, body: NewInvoice) =>
  unwrap(api.POST("/v1/partners/{partner_id}/invoices", { params: ofPartner(partnerId), body }));

export const redLetterInvoice = (invoiceId: string, reason: string) =>
  unwrap(api.POST("/v1/invoices/{invoice_id}/red-letter", { params: { path: { invoice_id: invoiceId } }, body: { reason } }));
