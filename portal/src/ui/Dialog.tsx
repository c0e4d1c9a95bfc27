import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "~/i18n/useTranslation";
import { useLinksClose } from "./useLinksClose";

interface Props {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
  /** Along the right edge, as high as the window: for menus on narrow screens. */
  side?: boolean;
}

/** The browser's own dialog: it holds the focus, closes by Escape and gives the focus back. */
export function Dialog({ title, open, onClose, children, side = false }: Props) {
  const { t } = useTranslation();
  const heading = useId();
  const dialog = useRef<HTMLDialogElement>(null);

  useLinksClose(dialog, (panel) => (panel as HTMLDialogElement).close());

  useEffect(() => {
    if (!open) return dialog.current?.close();
    dialog.current?.showModal();
    // Where there is something to fill in, the reader begins there and not at the way out.
    dialog.current?.querySelector<HTMLElement>("input, select, textarea")?.focus();
  }, [open]);

  const place = side ? "my-0 mr-0 ml-auto h-dvh max-h-dvh w-80 max-w-[85vw] rounded-l-xl" : "mx-auto mt-[12vh] mb-auto w-[calc(100vw-2rem)] max-w-lg rounded-xl";
  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      onClose={onClose}
      closedby="any"
      className={`border border-line bg-surface p-0 text-ink shadow-xl backdrop:bg-black/40 ${place}`}
    >
      <div className="flex items-center justify-between gap-4 border-b border-line px-4 py-3">
        <h2 id={heading} className="font-semibold">
          {title}
        </h2>
        <button type="button" onClick={() => dialog.current?.close()} aria-label={t("dialog.close")} className="rounded-md px-2 py-1 text-muted hover:bg-sunken hover:text-ink">
          <svg aria-hidden viewBox="0 0 12 12" className="size-3">
            <path d="M2 2l8 8M10 2l-8 8" fill="none" stroke="currentColor" strokeWidth="1.6" />
          </svg>
        </button>
      </div>
      {open && children}
    </dialog>
  );
}
