import { useFormat } from "~/i18n/useFormat";
import { Plot } from "./Plot";
import { numbered } from "./series";
import { along, extent, ticksFor } from "./scale";

export interface FrontPoint {
  x: bigint;
  y: bigint;
  name: string;
}

interface Props {
  label: string;
  points: readonly FrontPoint[];
  today: { x: bigint; y: bigint };
  todayName: string;
  currency: string;
  acrossTitle: string;
  upTitle: string;
  selected: number;
  onSelect: (position: number) => void;
}

/** Candidates that none beats, each a button; a hollow mark is where today's plan stands. */
export function FrontChart({ label, points, today, todayName, currency, acrossTitle, upTitle, selected, onSelect }: Props) {
  const format = useFormat();
  const wide = ticksFor(extent([...points.map(({ x }) => x), today.x]).high);
  const tall = ticksFor(extent([...points.map(({ y }) => y), today.y]).high);
  const right = wide[wide.length - 1] ?? 1n;
  const top = tall[tall.length - 1] ?? 1n;
  const at = (x: bigint, y: bigint) => ({ left: `${along(x, 0n, right)}%`, bottom: `${along(y, 0n, top)}%`, translate: "-50% 50%" });
  return (
    <>
      <Plot
        label={label}
        acrossTitle={acrossTitle}
        upTitle={upTitle}
        across={wide.map((tick) => ({ at: along(tick, 0n, right), label: format.tick(tick, currency) }))}
        up={tall.map((tick) => ({ at: along(tick, 0n, top), label: format.tick(tick, currency) }))}
      >
        {numbered(points).map(({ item: { x, y }, place: position }) => (
          <span
            key={position}
            className="absolute size-2.5 rounded-full"
            style={{ ...at(x, y), background: position === selected ? "var(--bad)" : "var(--accent)", boxShadow: position === selected ? "0 0 0 3px var(--bad-soft)" : "none" }}
          />
        ))}
        <span title={todayName} className="absolute size-2.5 rounded-full bg-surface" style={{ ...at(today.x, today.y), boxShadow: "0 0 0 2px var(--ink)" }} />
      </Plot>
      <label className="mt-3 block text-sm">
        <span className="mb-1 block font-medium">{points[selected]?.name}</span>
        <input
          type="range"
          min={0}
          max={Math.max(points.length - 1, 0)}
          value={selected}
          aria-valuetext={points[selected]?.name}
          onChange={(event) => onSelect(Number(event.target.value))}
          className="w-full"
        />
      </label>
    </>
  );
}
