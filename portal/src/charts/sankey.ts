export interface Move {
  from: number;
  to: number;
  months: number;
}

interface Block {
  tier: number;
  months: number;
  /** In percent of the drawing's height. */
  top: number;
  height: number;
}

interface Band {
  move: Move;
  from: number;
  to: number;
  height: number;
}

/** Between two tiers. */
const GAP = 3;
/** So that a block can be seen, and its name read beside the next one's. */
const LEAST = 9;

/** Where blocks and bands of a flow lie: the highest tier on top, bands in the order of the other side. */
export function bandsOf(moves: readonly Move[]): { bands: Band[]; left: Block[]; right: Block[] } {
  const left = blocksOf(moves, "from");
  const right = blocksOf(moves, "to");
  const used = new Map<string, number>();
  const place = (side: string, blocks: readonly Block[], tier: number, months: number) => {
    const block = blocks.find((one) => one.tier === tier);
    if (!block) return { at: 0, height: 0 };
    const height = (block.height * months) / block.months;
    const before = used.get(side + tier) ?? 0;
    used.set(side + tier, before + height);
    return { at: block.top + before, height };
  };
  const bands = moves
    .toSorted((a, b) => b.from - a.from || b.to - a.to)
    .map((move) => {
      const from = place("from", left, move.from, move.months);
      const to = place("to", right, move.to, move.months);
      return { move, from: from.at, to: to.at, height: Math.min(from.height, to.height) };
    });
  return { bands, left, right };
}

function blocksOf(moves: readonly Move[], side: "from" | "to"): Block[] {
  const months = new Map<number, number>();
  for (const move of moves) months.set(move[side], (months.get(move[side]) ?? 0) + move.months);
  const tiers = [...months].toSorted(([a], [b]) => b - a);
  const total = tiers.reduce((sum, [, count]) => sum + count, 0);
  const room = 100 - GAP * Math.max(tiers.length - 1, 0) - LEAST * tiers.length;
  let top = 0;
  return tiers.map(([tier, count]) => {
    const height = LEAST + (room * count) / total;
    const block = { tier, months: count, top, height };
    top += height + GAP;
    return block;
  });
}
