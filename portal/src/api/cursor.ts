/** Where a list stands. In the URL as `after` or `before`, so that a page can be linked and gone back to. */
export interface Cursor {
  after?: string;
  before?: string;
}

interface Identified {
  id: string;
}

/** The API's names for it. */
export function cursorQuery(cursor: Cursor): { startingAfter?: string; endingBefore?: string } {
  if (cursor.before) return { endingBefore: cursor.before };
  return cursor.after ? { startingAfter: cursor.after } : {};
}

export interface Neighbours {
  previous: Cursor | null;
  next: Cursor | null;
}

/** `has_more` looks the way the reader went; the other way there is what they came from. */
export function neighbours(cursor: Cursor, rows: readonly Identified[], hasMore: boolean): Neighbours {
  const first = rows[0];
  const last = rows[rows.length - 1];
  if (!first || !last) return { previous: null, next: null };
  const backwards = cursor.before !== undefined;
  const hasPrevious = backwards ? hasMore : cursor.after !== undefined;
  const hasNext = backwards || hasMore;
  return {
    previous: hasPrevious ? { before: first.id } : null,
    next: hasNext ? { after: last.id } : null,
  };
}
