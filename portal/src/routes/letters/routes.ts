import { createRoute } from "@tanstack/react-router";
import { page, root } from "../root";

/** Where the links of letters lead; nobody need be signed in. */
const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation/$token",
  component: page(() => import("./InvitationPage"), "InvitationPage", "status", "letters"),
});

const forgot = createRoute({
  getParentRoute: () => root,
  path: "/forgot",
  component: page(() => import("./ForgotPage"), "ForgotPage", "letters"),
});

const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset/$token",
  component: page(() => import("./ResetPage"), "ResetPage", "letters"),
});

export const letterRoutes = [invitation, forgot, reset] as const;
