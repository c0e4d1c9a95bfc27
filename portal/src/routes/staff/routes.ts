import { createRoute } from "@tanstack/react-router";
import type { Permission } from "~/api/viewer";
import { app, needs, page } from "../root";
import { orderSearch, partnerSearch } from "../search";
import * as search from "./search";

const getParentRoute = () => app;
const of = (permission: Permission) => ({ getParentRoute, beforeLoad: needs(permission) });
const books = of("books:read");
const rows = of("rows:all");
const access = of("access:read");

/** The vendor's staff: finance, channel operations, auditors, administrators. */
export const staffRoutes = [
  // --- Finance ---
  createRoute({
    ...books,
    path: "/finance",
    validateSearch: search.daySearch,
    component: page(() => import("./finance/FinancePage"), "FinancePage", "status", "finance"),
  }),
  createRoute({
    ...books,
    path: "/accounts",
    validateSearch: search.accountsSearch,
    component: page(() => import("./books/AccountsPage"), "AccountsPage", "finance"),
  }),
  createRoute({
    ...books,
    path: "/accounts/$accountId",
    validateSearch: search.postingsSearch,
    component: page(() => import("./books/AccountPage"), "AccountPage", "finance"),
  }),
  createRoute({
    ...books,
    path: "/transactions/$number",
    validateSearch: search.listSearch,
    component: page(() => import("./books/TransactionPage"), "TransactionPage", "finance"),
  }),
  createRoute({
    ...books,
    path: "/periods",
    component: page(() => import("./periods/PeriodsPage"), "PeriodsPage", "status", "finance"),
  }),
  createRoute({
    ...books,
    path: "/periods/$month",
    component: page(() => import("./periods/PeriodPage"), "PeriodPage", "status", "finance"),
  }),
  createRoute({
    ...books,
    path: "/payout-runs",
    validateSearch: search.runsSearch,
    component: page(() => import("./runs/RunsPage"), "RunsPage", "status", "finance"),
  }),
  createRoute({
    ...books,
    path: "/payout-runs/$runId",
    validateSearch: search.runSearch,
    component: page(() => import("./runs/RunPage"), "RunPage", "status", "finance", "partner"),
  }),
  createRoute({
    ...books,
    path: "/exports",
    validateSearch: search.postingsSearch,
    component: page(() => import("./exports/ExportsPage"), "ExportsPage", "finance"),
  }),
  // --- Channel ---
  createRoute({
    ...rows,
    path: "/partners",
    validateSearch: partnerSearch,
    component: page(() => import("./partners/PartnersPage"), "PartnersPage", "status", "channel"),
  }),
  createRoute({
    ...rows,
    path: "/partners/$partnerId",
    validateSearch: search.partnerPageSearch,
    component: page(() => import("./partners/PartnerPage"), "PartnerPage", "status", "channel", "finance", "partner"),
  }),
  createRoute({
    ...rows,
    path: "/customers",
    validateSearch: search.foundSearch,
    component: page(() => import("./channel/CustomersPage"), "CustomersPage", "status", "channel"),
  }),
  createRoute({
    ...rows,
    path: "/customers/$customerId",
    component: page(() => import("./channel/CustomerPage"), "CustomerPage", "status", "channel"),
  }),
  createRoute({
    ...rows,
    path: "/plans",
    component: page(() => import("./channel/PlansPage"), "PlansPage", "status", "channel"),
  }),
  createRoute({
    ...rows,
    path: "/orders",
    validateSearch: orderSearch,
    component: page(() => import("./orders/OrdersPage"), "OrdersPage", "status", "channel", "partner"),
  }),
  createRoute({
    ...rows,
    path: "/orders/$orderId",
    component: page(() => import("./orders/OrderPage"), "OrderPage", "status", "channel", "partner"),
  }),
  createRoute({
    ...rows,
    path: "/batches",
    validateSearch: search.listSearch,
    component: page(() => import("./channel/BatchesPage"), "BatchesPage", "status", "channel"),
  }),
  createRoute({
    ...rows,
    path: "/batches/$batchId",
    validateSearch: search.listSearch,
    component: page(() => import("./channel/BatchPage"), "BatchPage", "status", "channel", "partner"),
  }),
  createRoute({
    ...rows,
    path: "/events",
    validateSearch: search.eventsSearch,
    component: page(() => import("./channel/EventsPage"), "EventsPage", "status", "channel"),
  }),
  createRoute({
    ...rows,
    path: "/webhooks",
    validateSearch: search.deliveriesSearch,
    component: page(() => import("./channel/WebhooksPage"), "WebhooksPage", "status", "channel", "account"),
  }),
  createRoute({
    ...rows,
    path: "/webhooks/$deliveryId",
    component: page(() => import("./channel/DeliveryPage"), "DeliveryPage", "status", "channel", "account"),
  }),
  // --- Who gets in, and who did what ---
  createRoute({
    ...access,
    path: "/members",
    validateSearch: search.listSearch,
    component: page(() => import("./access/MembersPage"), "MembersPage", "status", "access"),
  }),
  createRoute({
    ...books,
    path: "/keys",
    component: page(() => import("./access/KeysPage"), "KeysPage", "status", "access"),
  }),
  createRoute({
    ...access,
    path: "/audit-log",
    validateSearch: search.logSearch,
    component: page(() => import("./access/AuditLogPage"), "AuditLogPage", "access"),
  }),
] as const;
