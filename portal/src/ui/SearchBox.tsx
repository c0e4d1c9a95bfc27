import { useEffect, useRef, useState } from "react";
import { useTranslation } from "~/i18n/useTranslation";

const PAUSE = 300;

interface Props {
  label: string;
  value: string;
  onSearch: (text: string) => void;
}

/** Searches once the reader pauses. `/` goes there from anywhere on the page. */
export function SearchBox({ label, value, onSearch }: Props) {
  const { t } = useTranslation();
  const box = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);

  // Filters were cleared, or the reader went back: the address is what counts.
  if (value !== seen) {
    setSeen(value);
    if (value !== text.trim()) setText(value);
  }

  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      box.current?.focus();
    };
    document.addEventListener("keydown", focus);
    return () => {
      document.removeEventListener("keydown", focus);
      clearTimeout(timer.current);
    };
  }, []);

  const change = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onSearch(next.trim()), PAUSE);
  };

  return (
    <input
      ref={box}
      type="search"
      aria-label={label}
      aria-keyshortcuts="/"
      title={t("list.searchHint")}
      placeholder={label}
      value={text}
      maxLength={100}
      onChange={(event) => change(event.target.value)}
      className="h-9 w-full rounded-md border border-line bg-surface px-3 text-base placeholder:text-muted sm:w-64 sm:text-sm"
    />
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(input|select|textarea)$/i.test(target.tagName));
}
