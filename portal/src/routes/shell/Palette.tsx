import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type KeyboardEvent, useDeferredValue, useRef, useState } from "react";
import { searchQuery } from "~/api/queries/search";
import { useTranslation } from "~/i18n/useTranslation";
import { Dialog } from "~/ui/Dialog";
import { useProblemText } from "~/ui/Trouble";
import type { Place } from "../places";
import { useArrowKeys } from "~/ui/useArrowKeys";
import { useMay, useViewer } from "../useViewer";

const LINK = "flex items-baseline justify-between gap-4 rounded-md px-3 py-2 text-sm focus:bg-accent-soft hover:bg-sunken";

const SETTINGS: Place = { to: "/settings", label: "nav.settings", needs: "rows:own" };

const boxAndLinks = (panel: HTMLElement) => [...panel.querySelectorAll<HTMLElement>("input, a")];

/** Goes to any page, and finds orders, commissions and partners by what stands on them. */
export function Palette({ places, onClose }: { places: readonly Place[]; onClose: () => void }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const found = useQuery(searchQuery(wanted, useMay("rows:all"), useViewer().partner_id));
  const panel = useRef<HTMLDivElement>(null);
  const pages = [...places, SETTINGS]
    .map(({ to, label }) => ({ to, name: t(label) }))
    .filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()));
  const nothing = wanted !== "" && found.data?.length === 0 && pages.length === 0;

  useArrowKeys(panel, boxAndLinks);
  const go = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") panel.current?.querySelector("a")?.click();
  };

  return (
    <Dialog title={t("palette.title")} open onClose={onClose}>
      <search><div ref={panel} className="p-3">
        <input
          type="search"
          aria-label={t("finder.label")}
          placeholder={t("finder.label")}
          value={text}
          maxLength={100}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={go}
          className="h-10 w-full rounded-md border border-line bg-surface px-3"
        />
        <div className="mt-3 max-h-[55vh] overflow-y-auto">
          {pages.map(({ to, name }) => (
            <Link key={to} to={to} className={LINK}>
              {name} <span className="text-xs text-muted">{t("finder.page")}</span>
            </Link>
          ))}
          {(found.data ?? []).map(({ id, kind, name, note, role, to }) => (
            <Link key={`${kind}:${id}`} to={to} className={LINK}>
              <span className="min-w-0 wrap-anywhere">
                {name} <span className="text-xs text-muted">{role ? t(`role.${role}`) : note}</span>
              </span>
              <span className="text-xs text-muted">{t(`finder.${kind}`)}</span>
            </Link>
          ))}
          <output className="block px-3 py-1 text-sm text-muted">
            {found.isError ? problemText(found.error) : nothing ? t("finder.nothing") : found.isFetching ? t("list.loading") : ""}
          </output>
        </div>
      </div></search>
    </Dialog>
  );
}
