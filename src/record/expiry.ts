/** The times that decide over a session, epoch milliseconds; `null` where its record does not say. */
export interface SessionTimes {
  readonly createdAt: number | null;
  readonly lastSeenAt: number | null;
  readonly expiresAt: number | null;
  /** A lifetime of the session's own, in seconds. */
  readonly maxAge: number | null;
  /** How long the index of its user is sure to hold it. */
  readonly indexedUntil: number | null;
}

/** OWASP asks for both: an idle timeout and an absolute one, decided on the server. */
export interface ExpiryPolicy {
  readonly idleMs: number;
  readonly absoluteMs: number | null;
  /** How stale the idle timer may get before a read slides it. */
  readonly touchAfterMs: number;
}

/** The longest lifetime, in seconds: a date can hold a few of them. */
export const MAX_LIFETIME_S = 1e12;

/** How far the clocks of two servers may be apart, milliseconds. */
export const CLOCK_SKEW_MS = 60_000;

/** How long a session lives without being used. */
export function lifetimeMs(times: SessionTimes, policy: ExpiryPolicy): number {
  return times.maxAge === null ? policy.idleMs : times.maxAge * 1000;
}

/** Who ends a session that is not used: the date in its record, or the store that keeps it. */
export type ExpiryKeeper = 'record' | 'store';

/** Returns whether a session that the store still holds is over. */
export function isExpired(
  times: SessionTimes,
  policy: ExpiryPolicy,
  now: number,
  keeper: ExpiryKeeper,
): boolean {
  return (
    (keeper === 'record' && isIdleExpired(times, now)) ||
    isAbsoluteExpired(times, policy, now) ||
    isIndexExpired(times, now)
  );
}

/** The idle timeout by the record's own date: a record without one counts from first sight. */
function isIdleExpired(times: SessionTimes, now: number): boolean {
  return times.expiresAt !== null && times.expiresAt <= now;
}

/** The absolute timeout, counted from the session's creation. A record without that date is stamped when written. */
function isAbsoluteExpired(times: SessionTimes, policy: ExpiryPolicy, now: number): boolean {
  return policy.absoluteMs !== null && times.createdAt !== null && times.createdAt + policy.absoluteMs <= now;
}

/** Whether the index of its user may hold it no more: then nobody could find it, to end it. */
function isIndexExpired({ indexedUntil }: SessionTimes, now: number): boolean {
  return indexedUntil !== null && indexedUntil <= now;
}

/** Whether a read should slide the idle timeout: it got stale, or the record has none yet. */
export function isStale(times: SessionTimes, policy: ExpiryPolicy, now: number): boolean {
  return (
    times.lastSeenAt === null ||
    times.expiresAt === null ||
    now - times.lastSeenAt >= Math.min(policy.touchAfterMs, lifetimeMs(times, policy) / 2)
  );
}

/** The same session seen now: its idle timeout starts anew, never past the absolute one. */
export function slide<T extends SessionTimes>(times: T, policy: ExpiryPolicy, now: number): T {
  const createdAt = times.createdAt ?? now;
  return {
    ...times,
    createdAt,
    lastSeenAt: now,
    expiresAt: expiryAt(createdAt, lifetimeMs(times, policy), policy, now),
  };
}

/** A time that lies `lifetime` ahead, but not past the absolute timeout. */
export function expiryAt(createdAt: number, lifetime: number, policy: ExpiryPolicy, now: number): number {
  const idleAt = now + lifetime;
  return policy.absoluteMs === null ? idleAt : Math.min(idleAt, createdAt + policy.absoluteMs);
}
