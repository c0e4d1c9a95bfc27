import { createRoute } from "@tanstack/react-router";
import type { Permission } from "~/api/viewer";
import { app, needs, page } from "../root";
import { orderSearch, partnerSearch } from "../search";
import * as search from "./search";

const getParentRoute = () => app;
const of = (permission: Permission) => ({ getParentRoute, beforeLoad: needs(permission) });
const books = of("books:read");
const rows = of("rows:all");
const people = of("access:read");

/** Pages that are read one after the other come in one piece, with their words. */
const finance = (name: keyof typeof import("./finance/pages")) => page(() => import("./finance/pages"), name, "status", "finance", "partner");
const channel = (name: keyof typeof import("./channel/pages")) =>
  page(() => import("./channel/pages"), name, "status", "channel", "finance", "partner", "account", "agreements", "invoices");
const access = (name: keyof typeof import("./access/pages")) => page(() => import("./access/pages"), name, "status", "access", "privacy");

/** The vendor's staff: finance, channel operations, auditors, administrators. */
export const staffRoutes = [
  // --- Finance ---
  createRoute({
    ...books,
    path: "/finance",
    validateSearch: search.daySearch,
    component: finance("FinancePage"),
  }),
  createRoute({
    ...books,
    path: "/accounts",
    validateSearch: search.accountsSearch,
    component: finance("AccountsPage"),
  }),
  createRoute({
    ...books,
    path: "/accounts/$accountId",
    validateSearch: search.postingsSearch,
    component: finance("AccountPage"),
  }),
  createRoute({
    ...books,
    path: "/transactions/$number",
    validateSearch: search.listSearch,
    component: finance("TransactionPage"),
  }),
  createRoute({
    ...books,
    path: "/periods",
    component: finance("PeriodsPage"),
  }),
  createRoute({
    ...books,
    path: "/periods/$month",
    component: finance("PeriodPage"),
  }),
  createRoute({
    ...books,
    path: "/payout-runs",
    validateSearch: search.runsSearch,
    component: finance("RunsPage"),
  }),
  createRoute({
    ...books,
    path: "/payout-runs/$runId",
    validateSearch: search.runSearch,
    component: finance("RunPage"),
  }),
  createRoute({
    ...books,
    path: "/exports",
    validateSearch: search.postingsSearch,
    component: finance("ExportsPage"),
  }),
  // --- Channel ---
  createRoute({
    ...rows,
    path: "/partners",
    validateSearch: partnerSearch,
    component: channel("PartnersPage"),
  }),
  createRoute({
    ...rows,
    path: "/partners/$partnerId",
    validateSearch: search.partnerPageSearch,
    component: channel("PartnerPage"),
  }),
  createRoute({
    ...rows,
    path: "/customers",
    validateSearch: search.foundSearch,
    component: channel("CustomersPage"),
  }),
  createRoute({
    ...rows,
    path: "/customers/$customerId",
    component: channel("CustomerPage"),
  }),
  createRoute({
    ...rows,
    path: "/plans",
    component: channel("PlansPage"),
  }),
  createRoute({
    ...rows,
    path: "/simulator",
    validateSearch: search.simulatorSearch,
    component: page(() => import("./simulator/SimulatorPage"), "SimulatorPage", "status", "simulator", "partner"),
  }),
  createRoute({
    ...rows,
    path: "/orders",
    validateSearch: orderSearch,
    component: channel("OrdersPage"),
  }),
  createRoute({
    ...rows,
    path: "/orders/$orderId",
    component: channel("OrderPage"),
  }),
  createRoute({
    ...rows,
    path: "/batches",
    validateSearch: search.listSearch,
    component: channel("BatchesPage"),
  }),
  createRoute({
    ...rows,
    path: "/batches/$batchId",
    validateSearch: search.listSearch,
    component: channel("BatchPage"),
  }),
  createRoute({
    ...rows,
    path: "/events",
    validateSearch: search.eventsSearch,
    component: channel("EventsPage"),
  }),
  createRoute({
    ...rows,
    path: "/webhooks",
    validateSearch: search.deliveriesSearch,
    component: channel("WebhooksPage"),
  }),
  createRoute({
    ...rows,
    path: "/webhooks/$deliveryId",
    component: channel("DeliveryPage"),
  }),
  // --- Who gets in, and who did what ---
  createRoute({
    ...of("invitations:read"),
    path: "/members",
    validateSearch: search.listSearch,
    component: access("MembersPage"),
  }),
  createRoute({
    ...books,
    path: "/keys",
    component: access("KeysPage"),
  }),
  createRoute({
    ...rows,
    path: "/data-requests",
    validateSearch: search.listSearch,
    component: access("RequestsPage"),
  }),
  createRoute({
    ...people,
    path: "/audit-log",
    validateSearch: search.logSearch,
    component: access("AuditLogPage"),
  }),
] as const;
