import { type ReactNode, useId } from "react";

interface Props {
  title: string;
  lead?: ReactNode;
  /** Stands at the right of the title. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A part of a page, with its heading. */
export function Card({ title, lead, aside, children }: Props) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className="min-w-0 rounded-xl border border-line bg-surface p-4 sm:p-6">
      <div className="mb-4 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div>
          <h2 id={heading} className="text-lg font-semibold tracking-tight">
            {title}
          </h2>
          {lead && <p className="mt-1 max-w-prose text-sm text-muted">{lead}</p>}
        </div>
        {aside}
      </div>
      {children}
    </section>
  );
}
