import { expiryAt, lifetimeMs } from './expiry.js';
import type { ResolvedOptions } from './options.js';
import type { Session } from './record.js';
import { sessionHandle } from './session-id.js';
import { userKey } from './user-key.js';

/** What a session's record tells of its entry in the index of a user. */
export interface IndexEntry {
  /** As the store knows them; null for nobody. */
  readonly user: string | null;
  /** How long the index is sure to hold the entry, epoch milliseconds. */
  readonly notedUntil: number | null;
}

/** For how many of its lifetimes a session is noted, and with how many of them left it is noted anew. */
const NOTED = 4;
const DUE = 2;

/** The entry that a session is to have: the one that it has, or a longer or another one. */
export function entryOf(session: Session, options: ResolvedOptions, now: number): IndexEntry {
  const user = userOf(session, options);
  if (user === null) return { user, notedUntil: null };
  const isKept = user === session.user && reaches(session, options, now, DUE);
  return { user, notedUntil: isKept ? session.notedUntil : after(session, options, now, NOTED) };
}

/** The session as the index has it under this key: what was noted under another one is not noted. */
export function asNoted(session: Session, key: string): Session {
  const isIt = session.user === null || session.notedAs === sessionHandle(key);
  return isIt ? session : { ...session, notedUntil: null };
}

/** The session as it is once it is noted under this key. */
export function notedAs(session: Session, key: string): Session {
  return session.user === null ? session : { ...session, notedAs: sessionHandle(key) };
}

export function isSameEntry(a: IndexEntry, b: IndexEntry): boolean {
  return a.user === b.user && a.notedUntil === b.notedUntil;
}

/**
 * Whether a session that is read wants another entry: it has few of its lifetimes left, is older than the `user` option,
 * or became another user's by somebody who knows no index.
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

function reaches(session: Session, options: ResolvedOptions, now: number, lifetimes: number): boolean {
  return (session.notedUntil ?? 0) >= after(session, options, now, lifetimes);
}

/** So many of its lifetimes from now, but never past its absolute timeout. */
function after(session: Session, { expiry }: ResolvedOptions, now: number, lifetimes: number): number {
  return Math.ceil(expiryAt(session.createdAt ?? now, lifetimes * lifetimeMs(session, expiry), expiry, now));
}
