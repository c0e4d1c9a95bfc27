/** How the plans of a comparison look, today's first: by colour, and by dashes for whoever does not tell colours apart. */
export const SERIES = [
  { colour: "var(--muted)", dash: "5 2" },
  { colour: "var(--accent)", dash: "" },
  { colour: "var(--wait)", dash: "9 3" },
  { colour: "var(--bad)", dash: "3 3" },
  { colour: "var(--good)", dash: "9 3 2 3" },
] as const;

/** Things whose place is what they are known by: a tier, a plan of a comparison. */
export const numbered = <Item>(items: readonly Item[]) => items.map((item, place) => ({ item, place }));

export const looksOf = (position: number) => SERIES[position % SERIES.length] ?? SERIES[0];
