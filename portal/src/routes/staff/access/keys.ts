import type { ApiKey } from "~/api/types";

/** `ending`: it was rotated, and lets its program in until it expires. */
export function stateOf({ revoked_at: revoked, expires_at: expires }: Pick<ApiKey, "revoked_at" | "expires_at">, now: Date): "good" | "ending" | "ended" {
  if (revoked !== null || (expires !== null && new Date(expires) <= now)) return "ended";
  return expires === null ? "good" : "ending";
}
