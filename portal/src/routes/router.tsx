import type { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";
import { accountRoutes, signIn } from "./account/routes";
import { dealRoutes } from "./deals/routes";
import { letterRoutes } from "./letters/routes";
import { partnerRoutes } from "./partner/routes";
import { app, root } from "./root";
import { parseSearch, stringifySearch } from "./search";
import { design, sharedRoutes } from "./shared";
import { complianceRoutes } from "./staff/compliance/routes";
import { staffRoutes } from "./staff/routes";

const routeTree = root.addChildren([
  signIn,
  ...letterRoutes,
  design,
  app.addChildren([...sharedRoutes, ...accountRoutes, ...partnerRoutes, ...dealRoutes, ...staffRoutes, ...complianceRoutes]),
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
