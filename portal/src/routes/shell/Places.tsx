import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { useTranslation } from "~/i18n/useTranslation";
import type { Place } from "../places";

const LOOKS = {
  /** In a row of its own below the name, where there is room for it. */
  bar: "order-last -mx-3 hidden w-full flex-wrap gap-0.5 md:flex",
  /** Along the side of the page. */
  side: "hidden w-48 shrink-0 flex-col gap-0.5 border-r border-line py-6 pr-4 pl-3 lg:flex",
  /** In the menu of narrow screens. */
  menu: "flex flex-col gap-1",
} as const;

interface Props {
  places: readonly Place[];
  look: keyof typeof LOOKS;
}

export function Places({ places, look }: Props) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t("app.main")} className={LOOKS[look]}>
      {places.map(({ to, label, group }, at) => (
        <Fragment key={to}>
          {group && group !== places[at - 1]?.group && <span className="px-3 pt-4 pb-1 text-xs font-medium text-muted first:pt-0">{t(group)}</span>}
          <Link
            to={to}
            className={`rounded-md py-1.5 text-sm whitespace-nowrap text-muted hover:text-ink focus-visible:-outline-offset-2 aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-ink ${look === "menu" ? "px-3 py-2.5 text-base" : look === "bar" ? "px-2" : "px-3"}`}
          >
            {t(label)}
          </Link>
        </Fragment>
      ))}
    </nav>
  );
}
