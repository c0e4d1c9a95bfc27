import type { ReactNode } from "react";
import { looksOf, numbered } from "./series";

interface Tick {
  at: number;
  label: string;
}

interface Props {
  /** What the chart says, for who does not see it. */
  label: string;
  names?: readonly string[];
  across: readonly Tick[];
  up: readonly Tick[];
  acrossTitle: string;
  upTitle: string;
  children: ReactNode;
}

/** The ground of a chart: ticks at the left and beneath, in percent of the way; a legend above. */
export function Plot({ label, names, across, up, acrossTitle, upTitle, children }: Props) {
  return (
    <figure aria-label={label}>
      {names && <Legend names={names} />}
      <p aria-hidden className="mb-3 text-xs text-muted">{upTitle}</p>
      <div aria-hidden className="flex gap-2">
        <div className="relative h-44 w-12 shrink-0 text-right text-xs text-muted">
          {up.map(({ at, label: text }) => (
            <span key={text} className="money absolute right-0 leading-none" style={{ bottom: `${at}%`, translate: "0 50%" }}>
              {text}
            </span>
          ))}
        </div>
        <div className="relative h-44 min-w-0 flex-1">
          {up.map(({ at, label: text }) => (
            <div key={text} className="absolute inset-x-0 border-t border-line" style={{ bottom: `${at}%` }} />
          ))}
          {children}
        </div>
      </div>
      <div aria-hidden className="relative mt-2 h-5 text-xs text-muted" style={{ marginLeft: "3.5rem" }}>
        {numbered(across).map(({ item: { at, label: text }, place }) => (
          <span
            key={place}
            className="money absolute whitespace-nowrap"
            style={{ left: `${at}%`, translate: `${at > 90 ? "-100" : at < 5 ? "0" : "-50"}%` }}
          >
            {text}
          </span>
        ))}
      </div>
      <p aria-hidden className="text-right text-xs text-muted">{acrossTitle}</p>
    </figure>
  );
}

export function Legend({ names }: { names: readonly string[] }) {
  return (
    <figcaption className="mb-4 flex flex-wrap gap-x-5 gap-y-1 text-sm">
      {numbered(names).map(({ item: name, place: position }) => (
        <span key={position} className="inline-flex items-center gap-2 wrap-anywhere">
          <svg aria-hidden width="26" height="8">
            <line x1="1" x2="25" y1="4" y2="4" stroke={looksOf(position).colour} strokeDasharray={looksOf(position).dash} strokeWidth="3" />
          </svg>
          {name}
        </span>
      ))}
    </figcaption>
  );
}

/** A drawing over the whole plot, in percent, whose lines keep their width. */
export function Drawing({ children }: { children: ReactNode }) {
  return (
    <svg className="absolute h-full w-full" viewBox="0 0 100 100" preserveAspectRatio="none" style={{ inset: 0, overflow: "visible" }}>
      {children}
    </svg>
  );
}
