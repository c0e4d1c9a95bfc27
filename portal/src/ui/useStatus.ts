import { useTranslation } from "~/i18n/useTranslation";
import type { StatusKind } from "./status";

/** The words for a state: its label, and what happens next. A state the portal does not know yet keeps its own name. */
export function useStatus(kind: StatusKind) {
  const { words: all } = useTranslation();
  const words: Record<string, { label: string; next: string }> = all.status[kind];
  return (status: string) => words[status] ?? { label: status, next: "" };
}
