import { createRoute } from "@tanstack/react-router";
import { app, needs, page } from "../root";
import { isColumns, isStatus, isText, searchOf } from "../search";

const getParentRoute = () => app;
const rows = { getParentRoute, beforeLoad: needs("rows:own") };
const staff = { getParentRoute, beforeLoad: needs("rows:all") };
const cases = { getParentRoute, beforeLoad: needs("disputes:read") };
const one = (name: keyof typeof import("./pages")) => page(() => import("./pages"), name, "status", "deals", "access");
const list = { columns: isColumns, after: isText, before: isText };

export const dealsSearch = searchOf({ ...list, status: isStatus("deal") });
export const companiesSearch = searchOf(list);
export const disputesSearch = searchOf({ ...list, status: isStatus("dispute") });
export const claimSearch = searchOf({ order: isText, deal: isText });

/** Registrations and disputes, for both shells: a partner sees its own, the staff those of all. */
export const dealRoutes = [
  createRoute({ ...rows, path: "/deals", validateSearch: dealsSearch, component: one("DealsPage") }),
  createRoute({ ...rows, path: "/deals/new", component: one("NewDealPage") }),
  createRoute({ ...rows, path: "/deals/$dealId", component: one("DealPage") }),
  createRoute({ ...staff, path: "/known-companies", validateSearch: companiesSearch, component: one("KnownCompaniesPage") }),
  createRoute({ ...cases, path: "/disputes", validateSearch: disputesSearch, component: one("DisputesPage") }),
  createRoute({ ...cases, path: "/disputes/new", validateSearch: claimSearch, component: one("NewDisputePage") }),
  createRoute({ ...cases, path: "/disputes/$disputeId", component: one("DisputePage") }),
] as const;
