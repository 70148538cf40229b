import { Deadline } from '../lib/deadline.js';
import { newNonce } from '../record/nonce.js';
import type { Session } from '../record/record.js';
import { type Lease, type RenewalFailure, renewalOf, withRenewal } from '../record/renewal.js';
import { isOver, type SeenLease } from '../repository/seen-lease.js';
import type { RefreshSubject } from './refresh-subject.js';

/**
 * How much longer a lease is than `renew` may take, in milliseconds, so that the value can be stored within it. No more than that: who
 * waits for a holder that has died should get the value before they give up.
 */
const SLACK_MS = 500;

/** What a caller finds who needs a fresh value. */
export type Step =
  | { readonly is: 'absent' }
  /** The value is fresh, or was just renewed. */
  | { readonly is: 'renewed'; readonly value: unknown }
  | { readonly is: 'failed'; readonly failure: RenewalFailure }
  /** Somebody else renews it. */
  | { readonly is: 'leased'; readonly lease: Lease }
  /** The caller takes the lease. */
  | {
      readonly is: 'taken';
      readonly lease: Lease;
      readonly value: unknown;
      readonly isTakenOver: boolean;
      /** Counts from before the lease is written, as the lease does for those who see it. */
      readonly renewUntil: Deadline;
    };

/**
 * Decides what a caller does next.
 *
 * @param own the holders of the caller's own leases.
 * @param seen the lease of another, for which the caller waits.
 */
export function nextStep(
  session: Session,
  subject: RefreshSubject,
  own: ReadonlySet<string>,
  seen: SeenLease | null,
  now: number,
): Step {
  const { key, timeoutMs } = subject;
  if (!Object.hasOwn(session.data, key)) return { is: 'absent' };
  const value = session.data[key];
  if (subject.isFresh(value)) return { is: 'renewed', value };
  const renewal = renewalOf(session.renewals, key);
  const isLeased = renewal?.is === 'leased' && !own.has(renewal.holder);
  if (isLeased && !isOver(renewal, seen, now)) return { is: 'leased', lease: renewal };
  // Only those who have waited take part in how it ended. Others try again.
  if (seen && renewal?.is === 'failed') return { is: 'failed', failure: renewal.failure };
  if (seen && renewal?.is === 'renewed') return { is: 'renewed', value };
  const ms = timeoutMs + SLACK_MS;
  const lease: Lease = { is: 'leased', key, holder: newNonce(), until: now + ms, ms };
  return { is: 'taken', lease, value, isTakenOver: isLeased, renewUntil: new Deadline(timeoutMs) };
}

/** Returns the session with the lease in it. */
export function withLease(session: Session, lease: Lease): Session {
  return { ...session, renewals: withRenewal(session.renewals, lease) };
}
