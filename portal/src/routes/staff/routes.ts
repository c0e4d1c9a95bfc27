import { createRoute } from "@tanstack/react-router";
import { app, needs, page } from "../root";
import { commissionSearch, financeSearch, orderSearch, partnerSearch } from "../search";

/** The vendor's staff. */
const finance = createRoute({
  getParentRoute: () => app,
  path: "/finance",
  validateSearch: financeSearch,
  beforeLoad: needs("books:read"),
  component: page(() => import("./finance/FinancePage"), "FinancePage", "finance"),
});

const partners = createRoute({
  getParentRoute: () => app,
  path: "/partners",
  validateSearch: partnerSearch,
  beforeLoad: needs("rows:all"),
  component: page(() => import("./partners/PartnersPage"), "PartnersPage", "channel"),
});

const partner = createRoute({
  getParentRoute: () => app,
  path: "/partners/$partnerId",
  validateSearch: commissionSearch,
  beforeLoad: needs("rows:all"),
  component: page(() => import("./partners/PartnerPage"), "PartnerPage", "channel", "partner"),
});

const orders = createRoute({
  getParentRoute: () => app,
  path: "/orders",
  validateSearch: orderSearch,
  beforeLoad: needs("rows:all"),
  component: page(() => import("./orders/OrdersPage"), "OrdersPage", "channel", "partner"),
});

export const staffRoutes = [finance, partners, partner, orders] as const;
