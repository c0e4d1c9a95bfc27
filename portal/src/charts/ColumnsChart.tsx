import { Plot } from "./Plot";
import { percentOf, ticksFor } from "./scale";
import { looksOf, numbered } from "./series";

interface Props {
  label: string;
  names: readonly string[];
  columns: readonly { label: string; values: readonly number[] }[];
  acrossTitle: string;
  upTitle: string;
}

/** Counts side by side: how many partners get how much, under each plan. */
export function ColumnsChart({ label, names, columns, acrossTitle, upTitle }: Props) {
  const ticks = ticksFor(BigInt(Math.max(0, ...columns.flatMap(({ values }) => values))));
  const top = ticks[ticks.length - 1] ?? 1n;
  return (
    <Plot
      label={label}
      names={names}
      acrossTitle={acrossTitle}
      upTitle={upTitle}
      up={ticks.map((tick) => ({ at: percentOf(tick, top), label: String(tick) }))}
      across={columns.map(({ label: text }, position) => ({ at: (100 * position) / columns.length, label: position % Math.ceil(columns.length / 5) ? "" : text }))}
    >
      <div className="absolute flex h-full w-full gap-1">
        {columns.map(({ label: text, values }) => (
          <div key={text} className="flex h-full flex-1 items-end gap-px">
            {numbered(values).map(({ item: value, place: position }) => (
              <span key={position} className="flex-1" style={{ height: `${percentOf(BigInt(value), top)}%`, background: looksOf(position).colour }} />
            ))}
          </div>
        ))}
      </div>
    </Plot>
  );
}
