import { createRoute, redirect } from "@tanstack/react-router";
import { sessionQuery } from "~/api/queries/session";
import { homeOf } from "../places";
import { app, page, root } from "../root";

export const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (raw: Record<string, unknown>): { back?: string } =>
    // Only a path of ours: an address that leads elsewhere would make this page a springboard.
    typeof raw["back"] === "string" && /^\/(?![/\\])/.test(raw["back"]) ? { back: raw["back"] } : {},
  beforeLoad: async ({ context }) => {
    const viewer = await context.queryClient.ensureQueryData(sessionQuery);
    if (viewer) throw redirect({ to: homeOf(viewer) });
  },
  component: page(() => import("./SignInPage"), "SignInPage", "account"),
});

const settings = createRoute({
  getParentRoute: () => app,
  path: "/settings",
  component: page(() => import("./SettingsPage"), "SettingsPage", "status", "account", "privacy", "invoices"),
});

export const accountRoutes = [settings] as const;
