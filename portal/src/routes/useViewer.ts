import { useRouteContext } from "@tanstack/react-router";
import type { Viewer } from "~/api/types";
import { may, type Permission } from "~/api/viewer";

/** Who is signed in. */
export function useViewer(): Viewer {
  return useRouteContext({ from: "/app" }).viewer;
}

/** Whether the reader may do something; what they may not is not offered. */
export function useMay(permission: Permission): boolean {
  return may(useViewer(), permission);
}
