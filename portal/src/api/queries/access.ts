import { queryOptions } from "@tanstack/react-query";
import type { Language } from "~/i18n";
import { api, unwrap } from "../client";
import { type Cursor, cursorQuery } from "../cursor";
import type { ApiKey, Invitation, Member, MemberChange } from "../types";
import { asList, PAGE_SIZE, set } from "./common";

const ofMember = (memberId: string) => ({ path: { member_id: memberId } });

export const membersQuery = (cursor: Cursor) => {
  const query = { limit: PAGE_SIZE, ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["members", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/members", { params: { query }, signal })),
    ...asList,
  });
};

export interface NewMember {
  login: string;
  role: Member["role"];
  partner_id: string | null;
  email: string | null;
  /** Of letters to the member. */
  language: Language;
}

export const addMember = (body: NewMember) => unwrap(api.POST("/v1/members", { body }));

/** What is left out stays as it is. */
export const changeMember = (memberId: string, body: Partial<MemberChange>) =>
  unwrap(api.PATCH("/v1/members/{member_id}", { params: ofMember(memberId), body: body as MemberChange }));

export const resetPassword = (memberId: string) => unwrap(api.POST("/v1/members/{member_id}/password", { params: ofMember(memberId) }));

export const resetTotp = (memberId: string) => unwrap(api.DELETE("/v1/members/{member_id}/totp", { params: ofMember(memberId) }));

export const invitationsQuery = (cursor: Cursor) => {
  const query = { limit: PAGE_SIZE, ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["invitations", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/invitations", { params: { query }, signal })),
    ...asList,
  });
};

const ofInvitation = (invitationId: string) => ({ path: { invitation_id: invitationId } });

export type NewInvitation = Pick<Invitation, "email" | "role" | "partner_id" | "language">;

export const sendInvitation = (body: NewInvitation) => unwrap(api.POST("/v1/invitations", { body }));

export const resendInvitation = (id: string) => unwrap(api.POST("/v1/invitations/{invitation_id}/resend", { params: ofInvitation(id) }));

export const withdrawInvitation = (id: string) => unwrap(api.DELETE("/v1/invitations/{invitation_id}", { params: ofInvitation(id) }));

export const apiKeysQuery = queryOptions({
  queryKey: ["api-keys"],
  queryFn: ({ signal }) => unwrap(api.GET("/v1/api-keys", { params: { query: { limit: 100 } }, signal })),
});

const ofKey = (keyId: string) => ({ path: { api_key_id: keyId } });

export const addApiKey = (body: { name: string; scopes: ApiKey["scopes"] }) => unwrap(api.POST("/v1/api-keys", { body }));

export const rotateApiKey = (keyId: string) =>
  unwrap(api.POST("/v1/api-keys/{api_key_id}/rotate", { params: ofKey(keyId), body: { overlap_hours: 24 } }));

export const revokeApiKey = (keyId: string) => unwrap(api.DELETE("/v1/api-keys/{api_key_id}", { params: ofKey(keyId) }));

export interface LogFilters extends Cursor {
  actor?: string;
  target?: string;
  action?: string;
  from?: string;
  to?: string;
}

/** Days are those of UTC, the last one included. */
export const auditLogQuery = ({ actor, target, action, from, to, ...cursor }: LogFilters) => {
  const days = { since: from && `${from}T00:00:00Z`, until: to && startOfNext(to) };
  const query = { limit: PAGE_SIZE, ...set({ actor, target, action, ...days }), ...cursorQuery(cursor) };
  return queryOptions({
    queryKey: ["audit-log", query],
    queryFn: ({ signal }) => unwrap(api.GET("/v1/audit-log", { params: { query }, signal })),
    ...asList,
  });
};

function startOfNext(day: string): string {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString();
}
