export interface Change {
  name: string;
  before: string | undefined;
  after: string;
}

const said = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** What a line of the audit log says of each field: what it was, where that is known, and what it is. */
export function changesOf(before: Record<string, unknown> | null, after: Record<string, unknown> | null): Change[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names]
    .map((name) => ({
      name,
      before: before && name in before ? said(before[name]) : undefined,
      after: after && name in after ? said(after[name]) : "–",
    }))
    .filter((change) => change.before !== change.after);
}
