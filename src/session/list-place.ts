/** Where a page of a user's sessions begins: in which of the user's indices, and where there. */
export interface ListPlace {
  /** The number of the index. */
  readonly at: number;
  /** What the store knows the user by in that index. */
  readonly key: string;
  /** Where the page before ended there; undefined at its beginning. */
  readonly cursor: string | undefined;
}

const PLACE = /^(\d)~(.*)/s;

/** Returns the cursor that leads to a place. It tells nothing of the user. */
export function formatPlace({ at, cursor = '' }: ListPlace): string {
  return `${at}~${cursor}`;
}

/** Returns the place of a cursor. It is hostile input: one that `formatPlace` did not make leads to the first page. */
export function placeOf(cursor: string | null | undefined, keys: readonly string[]): ListPlace | null {
  const found = PLACE.exec(String(cursor));
  const place = found && indexAt(Number(found[1]), keys, found[2] || undefined);
  return place ?? indexAt(0, keys);
}

/** Returns the beginning of the next index; null after the last one. */
export function placeAfter({ at }: ListPlace, keys: readonly string[]): ListPlace | null {
  return indexAt(at + 1, keys);
}

function indexAt(at: number, keys: readonly string[], cursor?: string): ListPlace | null {
  const key = keys[at];
  return key === undefined ? null : { at, key, cursor };
}
