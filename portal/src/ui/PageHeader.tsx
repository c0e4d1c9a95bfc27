import { type ReactNode, useEffect } from "react";

/** The name of the page, also in the tab. */
export function PageHeader({ title, children }: { title: string; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Fenrun 分润`;
  }, [title]);
  return (
    <header className="mb-6 sm:mb-8">
      <h1 className="text-2xl font-semibold tracking-tight text-balance sm:text-3xl">{title}</h1>
      {children && <div className="mt-2 text-sm text-muted">{children}</div>}
    </header>
  );
}
