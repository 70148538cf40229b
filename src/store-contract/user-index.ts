import { SessionError } from '../lib/errors.js';
import { type Store, storeName, type UserIndex } from './store.js';

/**
 * Returns the user index of a store. It does not count if the store cannot compare and swap: a write that is
 * under way would bring back a session that was revoked.
 *
 * @throws ERR_SESSION_OPTIONS for a store without a user index.
 */
export function userIndexOf(store: Store<object>): UserIndex<object> {
  if (store.users && store.atomic) return store.users;
  throw new SessionError(
    'ERR_SESSION_OPTIONS',
    `Session option user: the store (${storeName(store)}) cannot tell which sessions are whose. Use RedisStore or ` +
      'MemoryStore, give your own store `atomic` and `users`, or leave the option out.',
  );
}

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
