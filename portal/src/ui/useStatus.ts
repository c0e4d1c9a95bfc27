import { useTranslation } from "react-i18next";
import type { StatusKind } from "./status";

/** The words for a state: its label, and what happens next. A state the portal does not know yet keeps its own name. */
export function useStatus(kind: StatusKind) {
  const { t } = useTranslation();
  const words: Record<string, { label: string; next: string }> = t(`status.${kind}`, { returnObjects: true });
  return (status: string) => words[status] ?? { label: status, next: "" };
}
