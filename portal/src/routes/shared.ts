import { createRoute, redirect } from "@tanstack/react-router";
import { homeOf } from "./places";
import { app, needs, page, root } from "./root";
import { payoutSearch } from "./search";
import { listSearch, materialSearch } from "./staff/search";

/** Pages of both shells: a partner sees its own rows, staff those of all. */
const start = createRoute({
  getParentRoute: () => app,
  path: "/",
  beforeLoad: ({ context }) => {
    throw redirect({ to: homeOf(context.viewer) });
  },
});

const payouts = createRoute({
  getParentRoute: () => app,
  path: "/payouts",
  validateSearch: payoutSearch,
  beforeLoad: needs("rows:own"),
  component: page(() => import("./payouts/PayoutsPage"), "PayoutsPage", "status", "partner"),
});

const commission = createRoute({
  getParentRoute: () => app,
  path: "/commissions/$commissionId",
  beforeLoad: needs("rows:own"),
  component: page(() => import("./commissions/CommissionPage"), "CommissionPage", "status", "partner"),
});

const agreements = createRoute({
  getParentRoute: () => app,
  path: "/agreements",
  validateSearch: listSearch,
  beforeLoad: needs("rows:own"),
  component: page(() => import("./agreements/AgreementsPage"), "AgreementsPage", "status", "agreements"),
});

const materials = createRoute({
  getParentRoute: () => app,
  path: "/materials",
  validateSearch: materialSearch,
  beforeLoad: needs("rows:own"),
  component: page(() => import("./materials/MaterialsPage"), "MaterialsPage", "status", "materials", "access"),
});

/** What the pages are made of, for who builds them: in both languages, without a session and without data. */
export const design = createRoute({
  getParentRoute: () => root,
  path: "/design",
  component: page(() => import("./design/DesignPage"), "DesignPage", "status", "design", "channel"),
});

export const sharedRoutes = [start, payouts, commission, agreements, materials] as const;
