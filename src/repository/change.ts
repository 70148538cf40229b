import type { ResolvedOptions } from '../options/options.js';
import type { Session } from '../record/record.js';
import { isSameEntry, ownerOf, userOf } from './index-entry.js';

/** Makes the next session from the current one. Returning the same object means that there is nothing to write. */
export type Change = (session: Session) => Session;

/**
 * Applies a change. A session that passes from its user to another, or to none, loses the lifetime that it had for the first
 * ("remember me"). One that the same change gives it stays.
 */
export function applyChange(session: Session, change: Change, options: ResolvedOptions): Session {
  const next = change(session);
  if (next === session || session.maxAge === null || !isPassedOn(session, next, options)) return next;
  // Applied again to what the new user finds: only the change itself knows whether it gives a lifetime or sends the cookie.
  // If it sends none, a later one has to: the browser still has the cookie of the first user.
  return change({ ...session, maxAge: null, cookieSentAt: null });
}

function isPassedOn(session: Session, next: Session, options: ResolvedOptions): boolean {
  const user = ownerOf(session, options);
  return user !== null && user !== userOf(next, options);
}

/**
 * Returns whether `touch` of the store does what a write would. The date of the cookie is not worth a write, which could
 * overwrite another request's.
 */
export function isSlideOnly(session: Session, next: Session): boolean {
  return session.maxAge === next.maxAge && isSameEntry(session.entry, next.entry);
}
