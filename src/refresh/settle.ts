import type { Session } from '../record/record.js';
import { type Lease, type Renewal, type RenewalFailure, renewalOf, withRenewal } from '../record/renewal.js';
import type { RefreshSubject } from './refresh-subject.js';

/** How long a record says how a renewal ended, in milliseconds. Those who wait look far more often. */
const REMEMBERED_MS = 10_000;

/** How a call of `renew` ended. `reason` is an error of this library's own, which says more than the failure. */
export type RenewalEnd =
  | { readonly is: 'renewed'; readonly value: unknown }
  | { readonly is: 'failed'; readonly failure: RenewalFailure; readonly reason?: unknown };

/** A session after a renewal, and the value of its key: undefined if it is not fresh. */
export interface Settled {
  readonly session: Session;
  readonly value: unknown;
}

/**
 * Returns what becomes of a session when a renewal has ended. What somebody else has written meanwhile stays, if it is fresh or if they
 * have taken the lease over.
 *
 * @param from the lease, and the value that was renewed.
 * @param hasMoved whether the session has a new ID since. Then only who has its lease may write it.
 */
export function settle(
  session: Session,
  subject: RefreshSubject,
  { lease, value: from }: { readonly lease: Lease; readonly value: unknown },
  end: RenewalEnd,
  hasMoved: boolean,
  now: number,
): Settled {
  const { key, holder } = lease;
  const { renewals, data } = session;
  if (!Object.hasOwn(data, key)) return { session, value: null };
  const isOwn = renewalOf(renewals, key)?.holder === holder;
  const over = { key, holder, until: now + REMEMBERED_MS };
  const noted = (renewal: Renewal) =>
    isOwn ? { ...session, renewals: withRenewal(renewals, renewal) } : session;
  const renewed: Renewal = { is: 'renewed', ...over };
  const ours = end.is === 'renewed' ? end.value : undefined;
  if (!isSame(data[key], from)) {
    const theirs = freshness(data[key], subject);
    if (theirs !== 'stale' || !isOwn)
      return { session: noted(renewed), value: theirs === 'fresh' ? data[key] : ours };
  }
  if (end.is === 'failed')
    return { session: noted({ is: 'failed', failure: end.failure, ...over }), value: ours };
  if (hasMoved && !isOwn) return { session, value: ours };
  const stored = { ...session, data: { ...data, [key]: ours } };
  return { session: { ...stored, renewals: withRenewal(renewals, renewed) }, value: ours };
}

/** Both are JSON. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The app's function may not know what others write, such as null. */
function freshness(value: unknown, subject: RefreshSubject): 'fresh' | 'stale' | 'unknown' {
  try {
    return subject.isFresh(value) ? 'fresh' : 'stale';
  } catch {
    return 'unknown';
  }
}
