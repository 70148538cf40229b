import type { ResolvedOptions } from '../options/options.js';
import { expiryAt, lifetimeMs } from '../record/expiry.js';
import type { Session } from '../record/record.js';
import { userKey } from '../record/user-key.js';

/** A session's entry in the index of its user. */
export interface IndexEntry {
  /** The user as the store knows them; null for nobody. */
  readonly user: string | null;
  /** Until when the index is sure to hold the entry, epoch milliseconds. */
  readonly indexedUntil: number | null;
}

/** An entry lasts for this many lifetimes of its session. With half of that left, a read adds it again. */
const LIFETIMES = 4;

/** An entry lasts at least this long where express-session shares the records: it keeps sessions alive and indexes none. */
const SHARED_MS = 30 * 86_400_000;

/** Returns the entry that a session should have: the one that it has, or a longer or another one. */
export function entryOf(session: Session, options: ResolvedOptions, now: number): IndexEntry {
  const user = userOf(session, options);
  if (user === null) return { user, indexedUntil: null };
  const { indexedUntil } = session;
  const isKept = user === session.user && (indexedUntil ?? 0) >= endOf(session, options, now, 0.5);
  return { user, indexedUntil: isKept ? indexedUntil : endOf(session, options, now, 1) };
}

export function isSameEntry(a: IndexEntry, b: IndexEntry): boolean {
  return a.user === b.user && a.indexedUntil === b.indexedUntil;
}

/**
 * Returns whether a read should index the session again: the entry ends soon, the session predates the `user` option, or a
 * process without an index changed its user.
 */
export function isEntryDue(session: Session, options: ResolvedOptions, now: number): boolean {
  try {
    return !isSameEntry(entryOf(session, options, now), session);
  } catch {
    // The app's own function failed. The next write reports that; it is no reason to fail a read.
    return false;
  }
}

/** Without the option, a session keeps the user that it has. */
function userOf({ data, user }: Session, options: ResolvedOptions): string | null {
  return options.user ? userKey(options.name, options.user({ ...data })) : user;
}

/** Returns when an entry that is made now ends, never past the absolute timeout; with `part` 0.5, the least it may have left. */
function endOf(session: Session, { expiry, hashIds }: ResolvedOptions, now: number, part: number): number {
  const lifetimes = LIFETIMES * lifetimeMs(session, expiry);
  const indexed = hashIds === false ? Math.max(lifetimes, SHARED_MS) : lifetimes;
  return Math.ceil(expiryAt(session.createdAt ?? now, part * indexed, expiry, now));
}
