import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import type { OneselfChange } from "../types";

/** The reader's own account. */
export const oneselfQuery = queryOptions({
  queryKey: ["oneself"],
  queryFn: ({ signal }) => unwrap(api.GET("/v1/me", { signal })),
});

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: ({ signal }) => unwrap(api.GET("/v1/sessions", { signal })),
});

export const endSession = (sessionId: string) =>
  unwrap(api.DELETE("/v1/sessions/{session_id}", { params: { path: { session_id: sessionId } } }));

export const changePassword = (current: string, next: string) =>
  unwrap(api.PUT("/v1/me/password", { body: { current, new: next } }));

export const beginTotp = (password: string) => unwrap(api.POST("/v1/me/totp", { body: { password } }));

export const confirmTotp = (code: string) => unwrap(api.POST("/v1/me/totp/confirm", { body: { code } }));

export const walletNonce = () => unwrap(api.POST("/v1/session/wallet-nonce"));

export const bindWallet = (body: { message: string; signature: string; password: string }) =>
  unwrap(api.PUT("/v1/me/wallet", { body }));

export const unbindWallet = () => unwrap(api.DELETE("/v1/me/wallet"));

/** What is left out stays as it is. */
export const changeOneself = (body: Partial<OneselfChange>) => unwrap(api.PATCH("/v1/me", { body: body as OneselfChange }));
