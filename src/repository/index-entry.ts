import type { ResolvedOptions } from '../options/options.js';
import { expiryAt, lifetimeMs } from '../record/expiry.js';
import type { Session } from '../record/record.js';
import { sessionHandle } from '../record/session-id.js';
import { userKey } from '../record/user-key.js';

/** What a session's record tells of its entry in the index of a user. */
export interface IndexEntry {
  /** As the store knows them; null for nobody. */
  readonly user: string | null;
  /** How long the index is sure to hold the entry, epoch milliseconds. */
  readonly notedUntil: number | null;
}

/** For how many of its lifetimes a session is noted; with half of that left, it is noted anew. */
const LIFETIMES = 4;

/** For how long at the least, where an app on express-session may keep it alive, which notes nothing anew. */
const SHARED_MS = 30 * 86_400_000;

/** The entry that a session is to have: the one that it has, or a longer or another one. */
export function entryOf(session: Session, options: ResolvedOptions, now: number): IndexEntry {
  const user = userOf(session, options);
  if (user === null) return { user, notedUntil: null };
  const { notedUntil } = session;
  const isKept = user === session.user && (notedUntil ?? 0) >= endOf(session, options, now, 0.5);
  return { user, notedUntil: isKept ? notedUntil : endOf(session, options, now, 1) };
}

/** The session as the index has it under this key: what was noted under another one is not noted. */
export function asNoted(session: Session, key: string): Session {
  const isIt = session.user === null || session.notedAs === sessionHandle(key);
  return isIt ? session : { ...session, notedUntil: null };
}

/** The session as it is once it is noted under this key; null where there is no index, for those who have one. */
export function notedAs(session: Session, key: string | null): Session {
  return session.user === null ? session : { ...session, notedAs: key && sessionHandle(key) };
}

export function isSameEntry(a: IndexEntry, b: IndexEntry): boolean {
  return a.user === b.user && a.notedUntil === b.notedUntil;
}

/**
 * Whether a session that is read wants another entry: its own ends soon, it is older than the `user` option, or it became
 * another user's by somebody who knows no index.
 */
export function isEntryDue(session: Session, options: ResolvedOptions, now: number): boolean {
  try {
    return !isSameEntry(entryOf(session, options, now), session);
  } catch {
    // The app's own function failed: that is told to whoever writes, and keeps nobody from reading meanwhile.
    return false;
  }
}

/** Without the option, a session keeps the user that it has. */
function userOf({ data, user }: Session, options: ResolvedOptions): string | null {
  return options.user ? userKey(options.name, options.user({ ...data })) : user;
}

/** When an entry that is made now ends, or one that is kept at the least: never past the absolute timeout. */
function endOf(session: Session, { expiry, hashIds }: ResolvedOptions, now: number, part: number): number {
  const lifetimes = LIFETIMES * lifetimeMs(session, expiry);
  const noted = hashIds === false ? Math.max(lifetimes, SHARED_MS) : lifetimes;
  return Math.ceil(expiryAt(session.createdAt ?? now, part * noted, expiry, now));
}
