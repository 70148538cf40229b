/**
 * The lifetime that one session has: its own in seconds ("remember me"), or that of the options. `browser` is that of the
 * options, with a cookie that ends with the browser.
 */
export type OwnLifetime = number | 'browser' | null;

/** The times that decide whether a session is alive, epoch milliseconds. `null` where the record does not say. */
export interface SessionTimes {
  readonly createdAt: number | null;
  readonly lastSeenAt: number | null;
  readonly expiresAt: number | null;
  readonly maxAge: OwnLifetime;
  /** Its entries in the indices of its users. */
  readonly entries: readonly { readonly until: number }[];
}

/** The timeouts. OWASP's Session Management Cheat Sheet asks for both, decided on the server. */
export interface ExpiryPolicy {
  readonly idleMs: number;
  readonly absoluteMs: number | null;
  /** How stale the idle timer may get before a read slides it. */
  readonly touchAfterMs: number;
}

/** The longest lifetime, in seconds. A date can hold the sum of a few of them. */
export const MAX_LIFETIME_S = 1e12;

/** The longest Max-Age that browsers keep to: 400 days, in seconds (RFC 6265bis, 5.5). */
export const MAX_COOKIE_AGE_S = 400 * 86_400;

/** The default absolute timeout of a user's session, unless another option asks for more (NIST SP 800-63B, AAL1). */
export const USER_LIFETIME_MS = 30 * 86_400_000;

/** How far the clocks of two servers may differ, in milliseconds. */
export const CLOCK_SKEW_MS = 60_000;

/** Returns how long a session lives unused, in milliseconds. */
export function lifetimeMs(times: SessionTimes, policy: ExpiryPolicy): number {
  return typeof times.maxAge === 'number' ? times.maxAge * 1000 : policy.idleMs;
}

/** Who ends a session that is not used: the date in its record, or the store that keeps it. */
export type ExpiryKeeper = 'record' | 'store';

/** Returns whether a session that the store still holds has expired. */
export function isExpired(
  times: SessionTimes,
  policy: ExpiryPolicy,
  now: number,
  keeper: ExpiryKeeper,
): boolean {
  return (keeper === 'record' && isIdleExpired(times, now)) || hasEnded(times, policy, now);
}

/** Returns whether a session has reached its absolute end, which no use moves. */
export function hasEnded(times: SessionTimes, policy: ExpiryPolicy, now: number): boolean {
  return isAbsoluteExpired(times, policy, now) || isIndexExpired(times, now);
}

/** A record without a date has not expired: its idle timeout starts when it is first seen. */
function isIdleExpired(times: SessionTimes, now: number): boolean {
  return times.expiresAt !== null && times.expiresAt <= now;
}

/** Counts from the creation of the session. A record without that date gets one when it is written. */
function isAbsoluteExpired(times: SessionTimes, policy: ExpiryPolicy, now: number): boolean {
  return policy.absoluteMs !== null && times.createdAt !== null && times.createdAt + policy.absoluteMs <= now;
}

/** A session ends with the first of its entries. Without that entry, a user could not find it to revoke it. */
function isIndexExpired({ entries }: SessionTimes, now: number): boolean {
  return entries.some(({ until }) => until <= now);
}

/**
 * Returns whether a read should slide the idle timeout: the timer is stale, the record has none yet, or it grants more than
 * the options do by now.
 */
export function isStale(times: SessionTimes, policy: ExpiryPolicy, now: number): boolean {
  const { lastSeenAt, expiresAt } = times;
  if (lastSeenAt === null || expiresAt === null) return true;
  const lifetime = lifetimeMs(times, policy);
  const step = Math.min(policy.touchAfterMs, lifetime / 2);
  // A date in the future is of a server whose clock is ahead.
  return Math.abs(now - lastSeenAt) >= step || expiresAt - now > lifetime + step;
}

/** Returns how long a read waits before it tries again to slide, in milliseconds. A short lifetime has room for a few tries. */
export function retryMs(times: SessionTimes, policy: ExpiryPolicy): number {
  return Math.min(policy.touchAfterMs, lifetimeMs(times, policy) / 8);
}

/** Returns the session as seen now: its idle timeout starts again, and never goes past its absolute end. */
export function slide<T extends SessionTimes>(times: T, policy: ExpiryPolicy, now: number): T {
  const createdAt = times.createdAt ?? now;
  const absoluteAt = createdAt + (policy.absoluteMs ?? Number.POSITIVE_INFINITY);
  const endsAt = Math.min(absoluteAt, ...times.entries.map(({ until }) => until));
  return {
    ...times,
    createdAt,
    lastSeenAt: now,
    expiresAt: Math.min(now + lifetimeMs(times, policy), endsAt),
  };
}
