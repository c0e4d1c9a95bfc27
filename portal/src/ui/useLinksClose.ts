import { type RefObject, useEffect } from "react";

/** A link leads away: what lies over the page and holds the link closes. */
export function useLinksClose(panel: RefObject<HTMLElement | null>, close: (panel: HTMLElement) => void): void {
  useEffect(() => {
    const over = panel.current;
    if (!over) return;
    const follow = (event: MouseEvent) => {
      if (event.target instanceof Element && event.target.closest("a")) close(over);
    };
    over.addEventListener("click", follow);
    return () => over.removeEventListener("click", follow);
  });
}
