import type { ResolvedOptions } from '../options/options.js';
import type { Session } from '../record/record.js';
import { areSameEntries, ownersOf, underFirstName, usersOf } from './index-entry.js';

/** Makes the next session from the current one. Returning the same object means that there is nothing to write. */
export type Change = (session: Session) => Session;

/**
 * Applies a change. A session that passes from its own user to another, or to none, loses the lifetime that it had for the first
 * ("remember me"). One that the same change gives it stays. Its other users may come and go: the lifetime is not theirs.
 */
export function applyChange(session: Session, change: Change, options: ResolvedOptions): Session {
  const next = change(session);
  if (next === session || session.maxAge === null || !isPassedOn(session, next, options)) return next;
  // Applied again to what the new user finds: only the change itself knows whether it gives a lifetime or sends the cookie.
  // If it sends none, a later one has to: the browser still has the cookie of the first user.
  return change({ ...session, maxAge: null, cookieSentAt: null });
}

function isPassedOn(session: Session, next: Session, options: ResolvedOptions): boolean {
  const [own] = ownersOf(underFirstName(session, options), options);
  return own !== undefined && !usersOf(next, options).includes(own);
}

/** Returns whether a change only slides the idle timeout, which a store may do by itself. */
export function isSlideOnly(session: Session, next: Session): boolean {
  return (
    session.maxAge === next.maxAge &&
    session.cookieSentAt === next.cookieSentAt &&
    areSameEntries(session.entries, next.entries)
  );
}
