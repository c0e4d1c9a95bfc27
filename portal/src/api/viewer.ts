import type { Viewer } from "./types";

/** What a role may do: the names are those of the server's table, which decides; the portal only shows. */
export type Permission =
  | "rows:own"
  | "rows:all"
  | "rows:write"
  | "partner:write"
  | "channel:write"
  | "books:read"
  | "books:write"
  | "rules:write"
  | "access:read"
  | "access:write"
  | "invitations:read"
  | "invitations:write"
  | "disputes:read"
  | "disputes:rule"
  | "events:write";

export function may(viewer: Viewer, permission: Permission): boolean {
  return viewer.permissions.includes(permission);
}
