import { useFormat } from "~/i18n/useFormat";
import { Drawing } from "./Plot";
import { bandsOf, type Move } from "./sankey";

interface Props {
  label: string;
  moves: readonly Move[];
  before: string;
  after: string;
  /** What a tier is called. */
  tier: (tier: number) => string;
  /** What a band says. */
  says: (move: Move) => string;
}

const FILLS = ["var(--trainer)", "var(--implementer)", "var(--referrer)", "var(--accent)"];

/** From which tier to which: today's at the left, the candidate's at the right; bands as broad as there are months. */
export function SankeyChart({ label, moves, before, after, tier, says }: Props) {
  const format = useFormat();
  const { bands, left, right } = bandsOf(moves);
  return (
    <figure aria-label={label}>
      <div className="mb-2 flex justify-between text-xs text-muted">
        <span>{before}</span>
        <span>{after}</span>
      </div>
      <div aria-hidden className="relative h-44">
        <Drawing>
          {bands.map(({ move, from, to, height }) => (
            <path
              key={`${move.from}-${move.to}`}
              d={`M3,${from} C50,${from} 50,${to} 97,${to} L97,${to + height} C50,${to + height} 50,${from + height} 3,${from + height} Z`}
              fill={FILLS[move.from] ?? FILLS[0]}
              opacity={move.from === move.to ? 0.45 : 0.85}
            >
              <title>{says(move)}</title>
            </path>
          ))}
          {[left, right].flatMap((blocks, side) =>
            blocks.map(({ tier: at, top, height }) => <rect key={`${side}${at}`} x={side ? 97 : 0} y={top} width={3} height={height} fill={FILLS[at] ?? FILLS[0]} />),
          )}
        </Drawing>
        {[left, right].flatMap((blocks, side) =>
          blocks.map(({ tier: at, top, height, months }) => (
            <span
              key={`${side}${at}`}
              className="absolute text-xs font-medium whitespace-nowrap"
              style={{ top: `${top + height / 2}%`, [side ? "right" : "left"]: "5%", translate: "0 -50%" }}
            >
              {tier(at)} · {format.count(months)}
            </span>
          )),
        )}
      </div>
      <ul className="sr-only">
        {moves.map((move) => (
          <li key={`${move.from}-${move.to}`}>{says(move)}</li>
        ))}
      </ul>
    </figure>
  );
}
