import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { watchChanges } from "~/api/live";
import { sessionQuery } from "~/api/queries/session";
import { loadWords } from "~/i18n";
import { useTranslation } from "~/i18n/useTranslation";
import { Wordmark } from "~/ui/Wordmark";
import { placesOf } from "../places";
import { useViewer } from "../useViewer";
import { LiveBanner, LiveMark } from "./LiveMark";
import { NarrowMenu } from "./NarrowMenu";
import { Places } from "./Places";
import { UserMenu } from "./UserMenu";

const Palette = lazy(async () => {
  const [module] = await Promise.all([import("./Palette"), loadWords("account")]);
  return { default: module.Palette };
});

/** Two shells: a partner reads in a calm column, staff work on a wider page with their places along its side. */
export function Shell() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const places = placesOf(viewer);
  const [searching, setSearching] = usePaletteKey();
  const queryClient = useQueryClient();
  const router = useRouter();
  useEffect(
    () =>
      watchChanges(queryClient, () => {
        queryClient.setQueryData(sessionQuery.queryKey, null);
        void router.invalidate();
      }),
    [queryClient, router],
  );

  const staff = viewer.partner_id === null;
  const width = staff ? "max-w-[100rem]" : "max-w-5xl";
  return (
    <div className="flex min-h-dvh flex-col">
      <a href="#content" className="absolute top-2 left-2 z-10 -translate-y-16 rounded-md bg-accent px-4 py-2 text-accent-ink focus:translate-y-0">
        {t("app.skip")}
      </a>
      <header className="border-b border-line bg-surface">
        <div className={`mx-auto flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5 sm:px-6 ${width}`}>
          <Link to="/" className="flex">
            <Wordmark />
          </Link>
          {!staff && <Places places={places} look="bar" />}
          <div className="ml-auto flex items-center gap-2 sm:gap-3">
            <SearchButton onClick={() => setSearching(true)} />
            <UserMenu />
            <NarrowMenu places={places} />
          </div>
        </div>
      </header>
      <LiveBanner />
      <div className={`mx-auto flex w-full flex-1 ${width}`}>
        {staff && <Places places={places} look="side" />}
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 px-4 py-6 outline-none sm:px-6 sm:py-10">
          <Outlet />
        </main>
      </div>
      <footer className={`mx-auto flex w-full flex-wrap justify-between gap-3 px-4 pb-6 text-xs text-muted sm:px-6 ${width}`}>
        <span>{t("app.utc")}</span>
        <LiveMark />
      </footer>
      {searching && (
        <Suspense>
          <Palette places={places} onClose={() => setSearching(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** Ctrl-K, or ⌘K, from anywhere. */
function usePaletteKey() {
  const state = useState(false);
  const [, setSearching] = state;
  useEffect(() => {
    const open = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      setSearching((before) => !before);
    };
    document.addEventListener("keydown", open);
    return () => document.removeEventListener("keydown", open);
  }, [setSearching]);
  return state;
}

function SearchButton({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      onClick={onClick}
      aria-keyshortcuts="Control+K"
      className="inline-flex h-9 items-center gap-2 rounded-md border border-line bg-surface px-3 text-sm text-muted hover:bg-sunken"
    >
      <span className="sr-only">{t("palette.open")}</span>
      <svg aria-hidden viewBox="0 0 16 16" className="size-3.5">
        <path d="M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.4 10.4L14 14" fill="none" stroke="currentColor" strokeWidth="1.6" />
      </svg>
      <kbd aria-hidden className="hidden font-sans text-xs lg:inline">Ctrl K</kbd>
    </button>
  );
}
