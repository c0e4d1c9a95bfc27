import { useRef, useState } from "react";
import { useTranslation } from "~/i18n/useTranslation";

/** A hash or reference: shortened to look at, whole to copy. */
export function Copyable({ value, what }: { value: string; what: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const text = useRef<HTMLElement>(null);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch {
      // Without TLS a browser has no clipboard for us: the whole value is marked instead, ready for Ctrl+C.
      if (text.current) getSelection()?.selectAllChildren(text.current);
    }
  };

  return (
    <span className="inline-flex max-w-full items-baseline gap-2">
      <code ref={text} title={value} className="block min-w-0 truncate font-mono text-[0.85em]">
        {value}
      </code>
      <button
        type="button"
        aria-label={t("copy.what", { what })}
        onClick={() => void copy()}
        className="shrink-0 text-xs font-medium text-accent hover:underline"
      >
        {copied ? t("copy.copied") : t("copy.copy")}
      </button>
      <output className="sr-only">
        {copied ? t("copy.copied") : ""}
      </output>
    </span>
  );
}
