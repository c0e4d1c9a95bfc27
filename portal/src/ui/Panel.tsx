import type { ReactNode } from "react";

/** The ground of a page's only part, whose heading is the page's. */
export function Panel({ children }: { children: ReactNode }) {
  return <div className="min-w-0 rounded-xl border border-line bg-surface p-4 sm:p-6">{children}</div>;
}
