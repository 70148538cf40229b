import { CLOCK_SKEW_MS } from '../record/expiry.js';
import { newNonce } from '../record/nonce.js';
import type { Session } from '../record/record.js';
import { type Lease, type RenewalFailure, renewalOf, withRenewal } from '../record/renewal.js';
import type { RefreshSubject } from './refresh-subject.js';
import type { SeenLease } from './seen-lease.js';

/** A lease is longer than `renew` may take, so that the value can be stored within it, in milliseconds. */
const SLACK_MS = 500;

/** How long a record says how a renewal ended, in milliseconds. Those who wait look far more often. */
const REMEMBERED_MS = 10_000;

/** What a caller finds who needs a fresh value. */
export type Step =
  | { readonly is: 'absent' }
  /** The value is fresh, or was just renewed. */
  | { readonly is: 'renewed'; readonly value: unknown }
  | { readonly is: 'failed'; readonly failure: RenewalFailure }
  /** Somebody else renews it. */
  | { readonly is: 'leased'; readonly lease: Lease }
  /** The caller takes the lease. */
  | { readonly is: 'taken'; readonly lease: Lease; readonly value: unknown; readonly isTakenOver: boolean };

/** Decides what a caller does next. */
export function nextStep(
  session: Session,
  subject: RefreshSubject,
  seen: SeenLease | null,
  now: number,
): Step {
  const { key, timeoutMs } = subject;
  if (!Object.hasOwn(session.data, key)) return { is: 'absent' };
  const value = session.data[key];
  if (subject.isFresh(value)) return { is: 'renewed', value };
  const renewal = renewalOf(session.renewals, key);
  if (renewal?.is === 'leased' && !isOver(renewal, seen, now)) return { is: 'leased', lease: renewal };
  // Only those who have waited take part in how it ended. Others try again.
  if (seen && renewal?.is === 'failed') return { is: 'failed', failure: renewal.failure };
  if (seen && renewal?.is === 'renewed') return { is: 'renewed', value };
  const ms = timeoutMs + SLACK_MS;
  const lease: Lease = { is: 'leased', key, holder: newNonce(), until: now + ms, ms };
  return { is: 'taken', lease, value, isTakenOver: renewal?.is === 'leased' };
}

/** Returns whether the holder of a lease has died. Clocks differ, so a caller who has seen all of it need not ask them. */
function isOver({ holder, until }: Lease, seen: SeenLease | null, now: number): boolean {
  return (seen?.holder === holder && seen.isOver) || until + CLOCK_SKEW_MS <= now;
}

/** Returns the session with the lease in it. */
export function withLease(session: Session, lease: Lease): Session {
  return { ...session, renewals: withRenewal(session.renewals, lease) };
}

/** How a call of `renew` ended. */
export type RenewalEnd =
  | { readonly is: 'renewed'; readonly value: unknown }
  | { readonly is: 'failed'; readonly failure: RenewalFailure };

/** A session after a renewal, and the value of its key: undefined if it is not fresh. */
export interface Settled {
  readonly session: Session;
  readonly value: unknown;
}

/**
 * Returns what becomes of a session when a renewal has ended. A value that somebody else has made fresh meanwhile stays. So does a
 * lease of somebody else: they took it over.
 */
export function settle(
  session: Session,
  subject: RefreshSubject,
  { key, holder }: Lease,
  end: RenewalEnd,
  now: number,
): Settled {
  if (!Object.hasOwn(session.data, key)) return { session, value: null };
  const { renewals, data } = session;
  const isOwn = renewalOf(renewals, key)?.holder === holder;
  const over = { key, holder, until: now + REMEMBERED_MS };
  const isFresh = subject.isFresh(data[key]);
  if (end.is === 'failed' && !isFresh) {
    const failed = { is: 'failed', failure: end.failure, ...over } as const;
    return {
      session: isOwn ? { ...session, renewals: withRenewal(renewals, failed) } : session,
      value: undefined,
    };
  }
  if (isFresh && !isOwn) return { session, value: data[key] };
  const value = isFresh || end.is === 'failed' ? data[key] : end.value;
  const renewed = withRenewal(renewals, { is: 'renewed', ...over });
  return { session: { ...session, data: { ...data, [key]: value }, renewals: renewed }, value };
}
