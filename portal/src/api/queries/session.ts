import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import type { Viewer } from "../types";
import { orNull } from "./common";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }): Promise<Viewer | null> => orNull(unwrap(api.GET("/v1/session", { signal })), 401),
  staleTime: Number.POSITIVE_INFINITY,
});

export interface Credentials {
  login: string;
  password: string;
  /** An authenticator's or a recovery code, once the server asked for one. */
  code?: string;
}

export const signIn = (credentials: Credentials) => unwrap(api.POST("/v1/session", { body: credentials }));

export const signOut = () => unwrap(api.DELETE("/v1/session"));
