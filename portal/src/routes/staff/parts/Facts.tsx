import type { ReactNode } from "react";

/** What is known of one thing, a line each; what is not known is left out. */
export function Facts({ facts }: { facts: Readonly<Record<string, ReactNode>> }) {
  const known = Object.entries(facts).filter(([, value]) => value !== null && value !== undefined);
  return (
    <dl className="grid gap-x-6 gap-y-0.5 text-sm sm:grid-cols-[minmax(9rem,auto)_1fr] sm:gap-y-2">
      {known.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="mb-2 min-w-0 wrap-anywhere sm:mb-0">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
