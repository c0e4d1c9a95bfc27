import { useEffect, useRef } from "react";

/** Gives the focus, once the page is drawn anew, to the first of these names that takes it: what had it may be gone. */
export function useFocusAfter() {
  const wanted = useRef<readonly string[]>([]);
  useEffect(() => {
    const found = wanted.current.map((name) => document.querySelector<HTMLElement>(`[name="${name}"]:not(:disabled)`)).find(Boolean);
    wanted.current = [];
    found?.focus();
  });
  return (...names: readonly string[]) => {
    wanted.current = names;
  };
}
