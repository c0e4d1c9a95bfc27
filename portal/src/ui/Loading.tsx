import { useTranslation } from "~/i18n/useTranslation";

/** Holds the place of what is coming, so that the page does not jump. */
export function Loading({ lines = 4 }: { lines?: number }) {
  const { t } = useTranslation();
  return (
    <output className="block space-y-3 py-2">
      <span className="sr-only">{t("app.loading")}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className="block h-5 animate-pulse rounded bg-sunken" style={{ width: `${100 - ((line * 17) % 40)}%` }} />
      ))}
    </output>
  );
}
