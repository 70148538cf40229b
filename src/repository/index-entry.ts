import type { ResolvedOptions } from '../options/options.js';
import { USER_LIFETIME_MS } from '../record/expiry.js';
import type { Session, SessionEntry } from '../record/record.js';
import { sessionHandle } from '../record/session-id.js';
import { userKey } from '../record/user-key.js';

/**
 * Returns the entry that a session should have in the index of its user, or null for nobody's session. An entry that it has
 * stays as it is, with its end: so a raised `absoluteTimeout` lets no session outlive its entry.
 *
 * @param key what the store knows the session by. A new entry is named after it.
 */
export function entryOf(
  session: Session,
  options: ResolvedOptions,
  key: string,
  now: number,
): SessionEntry | null {
  const user = userOf(session, options);
  if (user === null || user === session.entry?.user) return user === null ? null : session.entry;
  const until = Math.ceil((session.createdAt ?? now) + (options.expiry.absoluteMs ?? USER_LIFETIME_MS));
  return { user, id: sessionHandle(key), until };
}

export function isSameEntry(a: SessionEntry | null, b: SessionEntry | null): boolean {
  return a === b || (a !== null && b !== null && a.user === b.user && a.id === b.id && a.until === b.until);
}

/**
 * Returns whether a read should index the session: it predates the `user` option, express-session copied its record to
 * another ID, or a process without the option changed its user.
 */
export function isEntryDue(session: Session, options: ResolvedOptions): boolean {
  try {
    return userOf(session, options) !== (session.entry?.user ?? null);
  } catch {
    // The app's own function failed. The next write reports that; it is no reason to fail a read.
    return false;
  }
}

/** Returns whose session a record is. One that 1.x replaced names nobody: then its data decides, as at its next read. */
export function ownerOf(session: UserData, options: ResolvedOptions): string | null {
  try {
    return session.entry?.user ?? userOf(session, options);
  } catch {
    return null;
  }
}

/** What says whose session a record is. */
type UserData = Pick<Session, 'data' | 'entry'>;

/** Returns the key of a session's user, null for nobody. Without the option, a session keeps the user that it has. */
export function userOf({ data, entry }: UserData, options: ResolvedOptions): string | null {
  return options.user ? userKey(options.name, options.user({ ...data })) : (entry?.user ?? null);
}
