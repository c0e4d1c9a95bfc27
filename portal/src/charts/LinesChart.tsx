import { useFormat } from "~/i18n/useFormat";
import { Drawing, Plot } from "./Plot";
import { along, extent, ticksFor } from "./scale";
import { looksOf, numbered } from "./series";

export interface Line {
  name: string;
  /** Amounts in minor units, from left to right. */
  points: readonly { x: bigint; y: bigint }[];
}

interface Props {
  label: string;
  lines: readonly Line[];
  currency: string;
  acrossTitle: string;
  upTitle: string;
  /** Whether each point is marked, because little lies between them. */
  marked?: boolean;
  /** What stands beneath, where it is no amount. */
  across?: readonly { at: number; label: string }[];
}

/** Amounts over amounts, a line for each plan. */
export function LinesChart({ label, lines, currency, acrossTitle, upTitle, marked = false, across }: Props) {
  const format = useFormat();
  const all = lines.flatMap(({ points }) => points);
  const wide = extent(all.map(({ x }) => x));
  const tall = extent(all.map(({ y }) => y));
  const beneath = across ? [0n, wide.high] : ticksFor(wide.high);
  const up = ticksFor(tall.high);
  const right = beneath[beneath.length - 1] ?? 1n;
  const top = up[up.length - 1] ?? 1n;
  return (
    <Plot
      label={label}
      names={lines.map(({ name }) => name)}
      acrossTitle={acrossTitle}
      upTitle={upTitle}
      across={across ?? beneath.map((tick) => ({ at: along(tick, 0n, right), label: format.tick(tick, currency) }))}
      up={up.map((tick) => ({ at: along(tick, 0n, top), label: format.tick(tick, currency) }))}
    >
      <Drawing>
        {numbered(lines).map(({ item: { points }, place: position }) => (
          <polyline
            key={position}
            points={points.map(({ x, y }) => `${along(x, 0n, right)},${100 - along(y, 0n, top)}`).join(" ")}
            fill="none"
            stroke={looksOf(position).colour}
            strokeDasharray={looksOf(position).dash}
            strokeWidth={2.5}
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </Drawing>
      {marked &&
        lines.flatMap(({ points }, position) =>
          points.map(({ x, y }) => (
            <span
              key={`${position}:${x}`}
              className="absolute size-2.5 rounded-full"
              style={{ left: `${along(x, 0n, right)}%`, bottom: `${along(y, 0n, top)}%`, background: looksOf(position).colour, translate: "-50% 50%" }}
            />
          )),
        )}
    </Plot>
  );
}
