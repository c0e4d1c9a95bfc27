import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { sessionQuery } from "~/api/queries/session";
import type { Viewer } from "~/api/types";
import { may, type Permission } from "~/api/viewer";
import { type Area, loadWords } from "~/i18n";
import { homeOf } from "./places";
import { NotFound, RouteTrouble } from "./RouteTrouble";
import { Shell } from "./shell/Shell";

interface Context {
  queryClient: QueryClient;
}

export const root = createRootRouteWithContext<Context>()({ notFoundComponent: NotFound, errorComponent: RouteTrouble });

/** Everything behind the sign-in. */
export const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  beforeLoad: async ({ context, location }) => {
    const viewer = await context.queryClient.ensureQueryData(sessionQuery);
    if (!viewer) throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { back: location.href } });
    return { viewer };
  },
  component: Shell,
});

interface Guarded {
  context: { viewer: Viewer };
}

/** A page that needs a permission sends others home. The server decides who sees what; this only spares a dead end. */
export function needs(permission: Permission) {
  return ({ context }: Guarded) => {
    if (!may(context.viewer, permission)) throw redirect({ to: homeOf(context.viewer) });
  };
}

/** A page of the partner's shell: about the viewer's own partner. */
export function partnersOnly({ context }: Guarded) {
  if (context.viewer.partner_id === null) throw redirect({ to: homeOf(context.viewer) });
}

/** A page that is loaded when it is asked for, with the words that it says. */
export function page<Module extends Record<string, unknown>, Name extends keyof Module & string>(
  load: () => Promise<Module>,
  name: Name,
  ...areas: readonly Area[]
) {
  return lazyRouteComponent(async () => {
    const [module] = await Promise.all([load(), loadWords(...areas)]);
    return module;
  }, name);
}
