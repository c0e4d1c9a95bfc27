import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { queryOptions } from "@tanstack/react-query";
import { api, Problem, unwrap } from "../client";
import { type Cursor, cursorQuery } from "../cursor";
import type { Agreement } from "../types";
import { asList, PAGE_SIZE } from "./common";

export const agreementsQuery = (cursor: Cursor) => {
  const query = { limit: PAGE_SIZE, ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["agreements", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/agreements", { params: { query }, signal })),
    ...asList,
  });
};

/** How a partner stands to every agreement. */
export const standingsQuery = (partnerId: string) =>
  queryOptions({
    queryKey: ["agreements", "of", partnerId],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/partners/{partner_id}/agreements", { params: { path: { partner_id: partnerId } }, signal })),
  });

export const fileOf = (agreement: Agreement) => `/v1/agreements/${agreement.id}/content`;

/** What a reader has before them: the text, where it is one, and the SHA-256 of its bytes, reckoned here. */
export interface ReadText {
  text: string | undefined;
  sha256: string;
}

export const textQuery = (agreement: Agreement) =>
  queryOptions({
    queryKey: ["agreement-text", agreement.id],
    queryFn: async ({ signal }): Promise<ReadText> => {
      const answer = await fetch(fileOf(agreement), { signal });
      if (!answer.ok) throw new Problem(answer.status, "unexpected", answer.statusText, "");
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const text = agreement.media_type === "text/plain" ? new TextDecoder().decode(bytes) : undefined;
      return { text, sha256: bytesToHex(sha256(bytes)) };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

export const signAgreement = (agreementId: string, body: { signer: string; sha256: string }) =>
  unwrap(api.POST("/v1/agreements/{agreement_id}/signatures", { params: { path: { agreement_id: agreementId } }, body }));

export interface Publication {
  name: string;
  version: number;
  language: Agreement["language"];
  title: string;
  effective_on: string;
  file: File;
}

export const publishAgreement = ({ file, title, effective_on, ...path }: Publication) =>
  unwrap(
    api.PUT("/v1/agreements/{name}/{version}/{language}/content", {
      params: { path, query: { title, effective_on } },
      body: file as unknown as string,
      bodySerializer: (content: unknown) => content as BodyInit,
      headers: { "Content-Type": "application/octet-stream" },
    }),
  );
