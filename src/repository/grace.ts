import type { Operation } from '../gateway/operation.js';
import type { MaybePromise } from '../lib/maybe-promise.js';
import type { ResolvedOptions } from '../options/options.js';
import { type GraceCopy, MAX_COPIES } from '../record/grace-copy.js';
import type { Session, Successor } from '../record/record.js';
import { longestLease } from '../record/renewal.js';
import { keepsUsers, underFirstName } from './index-entry.js';
import { RecordRef } from './record-ref.js';
import type { LiveSession, SessionRef } from './session-ref.js';

/** Returns the grace copy for the old ID of a session that moves on as `next`, or null if none may be left. */
export function graceCopyOf(
  ref: SessionRef,
  { session }: LiveSession,
  next: Session,
  graceMs: number,
): GraceCopy | null {
  // If a user left, leave no copy: it would still show them as signed in.
  const canLeave = ref.canBeSuperseded && keepsUsers(session, next);
  if (graceMs <= 0 || !canLeave || next.graceCopies.length >= MAX_COPIES) return null;
  const until = ref.operation.context.clock.now() + graceMs;
  const endsAt = ref.store.expiry === 'store' ? until : (session.expiresAt ?? until);
  return { key: ref.key, until: Math.min(until, endsAt) };
}

/** Returns what the old record of a session says of its successor: nothing, unless somebody renews a key of it. */
export function successorFor(
  live: LiveSession,
  { key }: LiveSession,
  copy: GraceCopy | null,
  now: number,
): Successor | null {
  const until = leaseEnd(live, now);
  return until === null ? null : { key, until: Math.max(until, copy?.until ?? until) };
}

/** Returns a grace copy as its session names it: for as long as the record is there. */
export function listedCopy(copy: GraceCopy, live: LiveSession, now: number): GraceCopy {
  return { ...copy, until: Math.max(copy.until, leaseEnd(live, now) ?? copy.until) };
}

/** Returns when the longest lease ends, counted from now: the clock of the caller who has it may be another one. */
function leaseEnd({ session }: LiveSession, now: number): number | null {
  const ms = longestLease(session.renewals);
  return ms === 0 ? null : now + ms;
}

/** Deletes the grace copies of a session. Also those whose time is over: another server's clock may say that it is not. */
export async function deleteGraceCopies(
  options: ResolvedOptions,
  operation: Operation,
  { graceCopies }: Session,
): Promise<void> {
  await Promise.all(graceCopies.map(({ key }) => deleteCopy(new RecordRef(options, operation, key))));
}

/** Deletes the copies of a session that one of its users has left: they show that user, who could not revoke them any more. */
export function deleteCopiesOfOldUser(
  options: ResolvedOptions,
  operation: Operation,
  old: Session,
  next: Session,
): MaybePromise<void> {
  if (keepsUsers(underFirstName(old, options), next)) return;
  // Those that cannot be deleted end by themselves in a moment.
  return deleteGraceCopies(options, operation, old).catch(() => {});
}

/**
 * Records are hostile: one may name another session as its copy. Only a copy is deleted, and one that has ended, which reads
 * as none, since another server's clock may say that it has not.
 */
async function deleteCopy(ref: RecordRef): Promise<void> {
  const { state, version } = await ref.load();
  const isCopy = state.is === 'superseded' || (state.is === 'none' && version !== null);
  if (isCopy) await ref.deleteIfVersion(version);
}
