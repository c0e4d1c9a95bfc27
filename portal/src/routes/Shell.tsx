import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useRouteContext, useRouter } from "@tanstack/react-router";
import { useTranslation } from "~/i18n/useTranslation";
import { sessionQuery, signOut } from "~/api/queries";
import { LanguageSwitch } from "~/ui/LanguageSwitch";
import { Wordmark } from "~/ui/Wordmark";

/** Two shells: a partner reads in a calm column, staff work on a wider page with more to choose from. */
const SHELLS = {
  partner: { width: "max-w-5xl", places: ["earnings", "payouts"] },
  staff: { width: "max-w-7xl", places: ["finance", "partners", "orders", "payouts"] },
} as const;

export function Shell() {
  const { t } = useTranslation();
  const { viewer } = useRouteContext({ from: "/app" });
  const { width, places } = SHELLS[viewer.role === "partner" ? "partner" : "staff"];
  return (
    <div className="flex min-h-dvh flex-col">
      <a href="#content" className="absolute top-2 left-2 z-10 -translate-y-16 rounded-md bg-accent px-4 py-2 text-accent-ink focus:translate-y-0">
        {t("app.skip")}
      </a>
      <header className="border-b border-line bg-surface">
        <div className={`mx-auto flex flex-wrap items-center gap-x-3 gap-y-2 px-4 sm:gap-x-6 py-2.5 sm:px-6 ${width}`}>
          <Link to="/" className="flex" aria-label={`${t("app.name")} 分润`}>
            <Wordmark />
          </Link>
          <nav aria-label={t("app.main")} className="order-last -mx-2 flex w-full overflow-x-auto sm:order-none sm:mx-0 sm:w-auto">
            {places.map((place) => (
              <Link
                key={place}
                to={`/${place}`}
                className="rounded-md px-3 py-1.5 text-sm whitespace-nowrap text-muted hover:text-ink focus-visible:-outline-offset-2 aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-ink"
              >
                {t(`nav.${place}`)}
              </Link>
            ))}
          </nav>
          <div className="ml-auto flex items-center gap-3">
            <LanguageSwitch />
            <SignOut login={viewer.partner_name ?? viewer.login} />
          </div>
        </div>
      </header>
      <main id="content" tabIndex={-1} className={`mx-auto w-full flex-1 px-4 py-6 outline-none sm:px-6 sm:py-10 ${width}`}>
        <Outlet />
      </main>
      <footer className={`mx-auto w-full px-4 pb-8 text-xs text-muted sm:px-6 ${width}`}>{t("app.utc")}</footer>
    </div>
  );
}

function SignOut({ login }: { login: string }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const router = useRouter();
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, null);
      await router.navigate({ to: "/sign-in" });
    },
  });
  return (
    <div className="flex items-center gap-3 text-sm">
      <span className="hidden max-w-40 truncate text-muted lg:block">{login}</span>
      <button type="button" disabled={leave.isPending} onClick={() => leave.mutate()} className="whitespace-nowrap text-muted hover:text-ink">
        {t("nav.signOut")}
      </button>
    </div>
  );
}
