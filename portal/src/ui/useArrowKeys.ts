import { type RefObject, useEffect } from "react";

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

/** In a container, the arrows move the focus from item to item, and outside of text so do j and k. */
export function useArrowKeys(container: RefObject<HTMLElement | null>, itemsOf: (within: HTMLElement) => readonly HTMLElement[]): void {
  useEffect(() => {
    const within = container.current;
    if (!within) return;
    const move = (event: KeyboardEvent) => {
      const step = STEPS[event.key];
      const typing = event.target instanceof HTMLInputElement && event.key.length === 1;
      if (step === undefined || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      const items = itemsOf(within);
      const at = items.findIndex((item) => item.contains(document.activeElement));
      const next = items[at + step];
      if (!next) return;
      event.preventDefault();
      next.focus();
    };
    within.addEventListener("keydown", move);
    return () => within.removeEventListener("keydown", move);
  });
}
