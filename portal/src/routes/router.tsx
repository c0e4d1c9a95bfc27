import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { sessionQuery } from "~/api/queries";
import type { Viewer } from "~/api/types";
import { NotFound, RouteTrouble } from "./RouteTrouble";
import { commissionSearch, financeSearch, orderSearch, parseSearch, partnerSearch, payoutSearch, stringifySearch } from "./search";
import { Shell } from "./Shell";

interface Context {
  queryClient: QueryClient;
}

/** Where each kind of viewer starts. */
export const homeOf = (viewer: Viewer) => (viewer.role === "partner" ? "/earnings" : "/finance");

const root = createRootRouteWithContext<Context>()({ notFoundComponent: NotFound, errorComponent: RouteTrouble });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (raw: Record<string, unknown>): { back?: string } =>
    // Only a path of ours: an address that leads elsewhere would make this page a springboard.
    typeof raw["back"] === "string" && /^\/(?![/\\])/.test(raw["back"]) ? { back: raw["back"] } : {},
  beforeLoad: async ({ context }) => {
    const viewer = await context.queryClient.ensureQueryData(sessionQuery);
    if (viewer) throw redirect({ to: homeOf(viewer) });
  },
  component: lazyRouteComponent(() => import("./sign-in/SignInPage"), "SignInPage"),
});

/** Everything behind the sign-in. */
const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  beforeLoad: async ({ context, location }) => {
    const viewer = await context.queryClient.ensureQueryData(sessionQuery);
    if (!viewer) throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { back: location.href } });
    return { viewer };
  },
  component: Shell,
});

/** Pages of one kind of viewer send the other home. The server decides who sees what; this only spares a dead end. */
function only(who: "partner" | "staff") {
  return ({ context }: { context: { viewer: Viewer } }) => {
    if ((context.viewer.role === "partner") !== (who === "partner")) throw redirect({ to: homeOf(context.viewer) });
  };
}

const start = createRoute({
  getParentRoute: () => app,
  path: "/",
  beforeLoad: ({ context }) => {
    throw redirect({ to: homeOf(context.viewer) });
  },
});

const earnings = createRoute({
  getParentRoute: () => app,
  path: "/earnings",
  validateSearch: commissionSearch,
  beforeLoad: only("partner"),
  component: lazyRouteComponent(() => import("./earnings/EarningsPage"), "OwnEarnings"),
});

const partners = createRoute({
  getParentRoute: () => app,
  path: "/partners",
  validateSearch: partnerSearch,
  beforeLoad: only("staff"),
  component: lazyRouteComponent(() => import("./partners/PartnersPage"), "PartnersPage"),
});

const partner = createRoute({
  getParentRoute: () => app,
  path: "/partners/$partnerId",
  validateSearch: commissionSearch,
  beforeLoad: only("staff"),
  component: lazyRouteComponent(() => import("./earnings/EarningsPage"), "EarningsOfPartner"),
});

const finance = createRoute({
  getParentRoute: () => app,
  path: "/finance",
  validateSearch: financeSearch,
  beforeLoad: only("staff"),
  component: lazyRouteComponent(() => import("./finance/FinancePage"), "FinancePage"),
});

const orders = createRoute({
  getParentRoute: () => app,
  path: "/orders",
  validateSearch: orderSearch,
  beforeLoad: only("staff"),
  component: lazyRouteComponent(() => import("./orders/OrdersPage"), "OrdersPage"),
});

const payouts = createRoute({
  getParentRoute: () => app,
  path: "/payouts",
  validateSearch: payoutSearch,
  component: lazyRouteComponent(() => import("./payouts/PayoutsPage"), "PayoutsPage"),
});

const routeTree = root.addChildren([
  signIn,
  app.addChildren([start, earnings, partners, partner, finance, orders, payouts]),
]);

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    parseSearch,
    stringifySearch,
    // What a page did not let through is gone; by default the router would hand it on as it came.
    search: { strict: true },
    defaultPreload: "intent",
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
