import { along, extent } from "./scale";

export interface Span {
  name: string;
  /** Nothing where it begins with the axis: a whole amount beside which others differ. */
  from?: bigint;
  to: bigint;
  /** What stands at its right. */
  note: string;
  tone: "good" | "bad" | "quiet";
}

interface Props {
  label: string;
  spans: readonly Span[];
  /** Whether the axis begins at the least value and not at zero: what matters is how far they differ. */
  close?: boolean;
  /** A line at this value. */
  mark?: bigint;
}

const FILLS = { good: "var(--good)", bad: "var(--bad)", quiet: "var(--implementer)" } as const;

/** Spans one below the other: a waterfall, a tornado, or intervals. */
export function SpansChart({ label, spans, close = false, mark }: Props) {
  const ends = [...spans.flatMap(({ from, to }) => (from === undefined ? [to] : [from, to])), ...(mark === undefined ? [] : [mark])];
  const most = extent(ends).high;
  const least = ends.reduce((low, end) => (end < low ? end : low), most);
  const low = close ? least - (most - least) / 10n : extent(ends).low;
  return (
    <figure aria-label={label}>
      <ul className="space-y-3 text-sm">
        {spans.map(({ name, from = low, to, note, tone }) => {
          const [left, right] = from < to ? [from, to] : [to, from];
          return (
            <li key={name}>
              <div className="flex flex-wrap justify-between gap-x-4">
                <span className="wrap-anywhere">{name}</span>
                <span className="money text-muted">{note}</span>
              </div>
              <div aria-hidden className="relative mt-1 h-2 rounded-full bg-sunken">
                <span
                  className="absolute h-full rounded-full"
                  style={{ left: `${along(left, low, most)}%`, width: `${Math.max(along(right, low, most) - along(left, low, most), 0.5)}%`, background: FILLS[tone] }}
                />
                {mark !== undefined && <span className="absolute h-full " style={{ left: `${along(mark, low, most)}%`, width: 2, background: "var(--ink)" }} />}
              </div>
            </li>
          );
        })}
      </ul>
    </figure>
  );
}
