import type { ResolvedOptions } from '../options/options.js';
import { USER_LIFETIME_MS } from '../record/expiry.js';
import type { Session } from '../record/record.js';
import { userKey } from '../record/user-key.js';

/** A session's entry in the index of its user. */
export interface IndexEntry {
  /** The key of the user; null for nobody. */
  readonly user: string | null;
  /** Until when the index is sure to hold the entry, epoch milliseconds. */
  readonly indexedUntil: number | null;
}

/**
 * Returns the entry that a session should have. An entry that it has stays as it is. The record keeps the end of it, so that a
 * raised `absoluteTimeout` lets no session outlive its entry.
 */
export function entryOf(session: Session, options: ResolvedOptions, now: number): IndexEntry {
  const user = userOf(session, options);
  if (user === null) return { user, indexedUntil: null };
  const isKept = user === session.user && session.indexedUntil !== null;
  const endsAt = Math.ceil((session.createdAt ?? now) + (options.expiry.absoluteMs ?? USER_LIFETIME_MS));
  return { user, indexedUntil: isKept ? session.indexedUntil : endsAt };
}

export function isSameEntry(a: IndexEntry, b: IndexEntry): boolean {
  return a.user === b.user && a.indexedUntil === b.indexedUntil;
}

/**
 * Returns whether a read should index the session: it predates the `user` option, express-session copied its record to
 * another ID, or a process without the option changed its user.
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
