/** Where a page of a user's entries ended. */
export interface IndexCursor {
  /** When its last entry ends, epoch milliseconds. */
  readonly until: number;
  /** The name of that entry. */
  readonly entry: string;
}

const CURSOR = /^(\d{1,16}):([\w-]{1,64})$/;

/** Returns a cursor as `list` returns it. */
export function formatCursor({ until, entry }: IndexCursor): string {
  return `${until}:${entry}`;
}

/** Parses a cursor. It is hostile input: `null`, the first page, for one that `formatCursor` did not make. */
export function parseCursor(text: string | undefined): IndexCursor | null {
  const [, until, entry] = CURSOR.exec(text ?? '') ?? [];
  return entry === undefined ? null : { until: Number(until), entry };
}
