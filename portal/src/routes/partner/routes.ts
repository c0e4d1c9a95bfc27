import { createRoute } from "@tanstack/react-router";
import { app, page, partnersOnly } from "../root";
import { commissionSearch } from "../search";

const overview = createRoute({
  getParentRoute: () => app,
  path: "/overview",
  beforeLoad: partnersOnly,
  component: page(() => import("./overview/OverviewPage"), "OverviewPage", "status", "partner"),
});

const commissions = createRoute({
  getParentRoute: () => app,
  path: "/commissions",
  validateSearch: commissionSearch,
  beforeLoad: partnersOnly,
  component: page(() => import("./commissions/CommissionsPage"), "CommissionsPage", "status", "partner"),
});

const statements = createRoute({
  getParentRoute: () => app,
  path: "/statements",
  beforeLoad: partnersOnly,
  component: page(() => import("./statements/StatementsPage"), "StatementsPage", "status", "partner"),
});

export const partnerRoutes = [overview, commissions, statements] as const;
