import { useSyncExternalStore } from "react";
import { keep, recall } from "./remembered";

/** Light, dark, or as the browser prefers. */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const STORED_UNDER = "fenrun.theme";
const listeners = new Set<() => void>();
let current: Theme = "system";

export function startTheme(): void {
  const stored = recall(STORED_UNDER);
  show(THEMES.find((theme) => theme === stored) ?? "system");
}

export function setTheme(theme: Theme): void {
  keep(STORED_UNDER, theme === "system" ? null : theme);
  show(theme);
  for (const listener of listeners) listener();
}

/** The colours follow `color-scheme`, which the root element says: see app.css. */
function show(theme: Theme): void {
  current = theme;
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
