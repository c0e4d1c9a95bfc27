import { type ReactNode, useId, useRef, useState } from "react";
import { useLinksClose } from "./useLinksClose";

interface Props {
  /** What the button is called. */
  label: string;
  /** What it shows; its label where there is nothing else. */
  face?: ReactNode;
  children: ReactNode;
}

/** A button and what it opens beneath itself; Escape or a click elsewhere closes it, as the browser does. */
export function Popover({ label, face, children }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  useLinksClose(panel, (shown) => shown.hidePopover());

  const place = () => {
    const at = button.current?.getBoundingClientRect();
    if (!at || !panel.current) return;
    const right = Math.max(8, document.documentElement.clientWidth - at.right);
    Object.assign(panel.current.style, { top: `${at.bottom + scrollY + 6}px`, right: `${right}px` });
  };

  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-expanded={open}
        aria-label={face === undefined ? undefined : label}
        className="inline-flex min-h-9 items-center gap-1.5 rounded-md border border-line bg-surface px-3 text-sm font-medium hover:bg-sunken"
      >
        {face ?? label}
        <svg aria-hidden viewBox="0 0 10 10" className="size-2.5 shrink-0 text-muted">
          <path d="M1 3l4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.6" />
        </svg>
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        onBeforeToggle={place}
        onToggle={(event) => setOpen(event.newState === "open")}
        className="absolute inset-auto m-0 max-h-[80vh] max-w-[calc(100vw-1rem)] min-w-48 overflow-y-auto rounded-lg border border-line bg-surface p-3 text-sm text-ink shadow-lg"
      >
        {open && children}
      </div>
    </>
  );
}
