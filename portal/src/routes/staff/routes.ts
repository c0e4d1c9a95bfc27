import { createRoute } from "@tanstack/react-router";
import { app, needs, page } from "../root";
import { commissionSearch, financeSearch, orderSearch, partnerSearch } from "../search";

/** The vendor's staff. */
const finance = createRoute({
  getParentRoute: () => app,
  path: "/finance",
  validateSearch: financeSearch,
  beforeLoad: needs("books:read"),
  component: page(() => import("./finance/FinancePage"), "FinancePage", "status", "finance"),
});

const partners = createRoute({
  getParentRoute: () => app,
  path: "/partners",
  validateSearch: partnerSearch,
  beforeLoad: needs("rows:all"),
  component: page(() => import("./partners/PartnersPage"), "PartnersPage", "status", "channel"),
});

const partner = createRoute({
  getParentRoute: () => app,
  path: "/partners/$partnerId",
  validateSearch: commissionSearch,
  beforeLoad: needs("rows:all"),
  component: page(() => import("./partners/PartnerPage"), "PartnerPage", "status", "channel", "partner"),
});

const orders = createRoute({
  getParentRoute: () => app,
  path: "/orders",
  validateSearch: orderSearch,
  beforeLoad: needs("rows:all"),
  component: page(() => import("./orders/OrdersPage"), "OrdersPage", "status", "channel", "partner"),
});

export const staffRoutes = [finance, partners, partner, orders] as const;
