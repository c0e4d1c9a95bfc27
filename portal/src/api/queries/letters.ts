import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";

/** What an invitation's link invites to. Asked by POST: its token belongs into no address that is logged. */
export const invitationQuery = (token: string) =>
  queryOptions({
    queryKey: ["invitation", token],
    queryFn: ({ signal }) => unwrap(api.POST("/v1/session/invitation", { body: { token }, signal })),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const acceptInvitation = (token: string, password: string) =>
  unwrap(api.POST("/v1/session/invitation/accept", { body: { token, password } }));

export const askReset = (login: string) => unwrap(api.POST("/v1/session/reset", { body: { login } }));

export const confirmReset = (token: string, password: string) =>
  unwrap(api.POST("/v1/session/reset/confirm", { body: { token, password } }));
