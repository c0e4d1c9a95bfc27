/** Where a flaw is, as the server names it: `rows[2].own_share_bps`, `inputs[0]`, `settings.least_bps`, `default`. */
export interface Where {
  part: string;
  /** From 0. */
  place?: number;
  name?: string;
}

const WHERE = /^([a-z_]+)(?:\[(\d+)\])?(?:\.([a-z0-9_]+))?$/;

/** A place that is named in some other way belongs to the whole. */
export function readWhere(where: string): Where {
  const [, part, place, name] = WHERE.exec(where) ?? [];
  if (!part) return { part: where };
  return { part, ...(place !== undefined && { place: Number(place) }), ...(name !== undefined && { name }) };
}
