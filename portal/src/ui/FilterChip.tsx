import { useTranslation } from "~/i18n/useTranslation";

/** A filter that came with a link, and the way to take it back. */
export function FilterChip({ text, onClear }: { text: string; onClear: () => void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      onClick={onClear}
      aria-label={t("list.clearOne", { filter: text })}
      className="inline-flex h-9 max-w-full items-center gap-2 rounded-md border border-accent bg-accent-soft px-3 text-sm"
    >
      <span className="truncate">{text}</span> <span aria-hidden>✕</span>
    </button>
  );
}
