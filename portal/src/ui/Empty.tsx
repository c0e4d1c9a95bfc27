import type { ReactNode } from "react";

/** Nothing is here: it says whether nothing exists or nothing matches, and what to do. */
export function Empty({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <div className="rounded-lg border border-dashed border-line px-4 py-10 text-center text-sm text-muted">
      <p>{text}</p>
      {children && <div className="mt-3">{children}</div>}
    </div>
  );
}
