import { createRoute } from "@tanstack/react-router";
import { app, page, partnersOnly } from "../root";
import { commissionSearch } from "../search";

const overview = createRoute({
  getParentRoute: () => app,
  path: "/overview",
  validateSearch: commissionSearch,
  beforeLoad: partnersOnly,
  component: page(() => import("./overview/OverviewPage"), "OverviewPage", "partner"),
});

export const partnerRoutes = [overview] as const;
