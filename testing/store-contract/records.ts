import type { RecordCookie, SessionRecord } from '../../src/store-contract/store.js';

export type Data = Record<string, unknown>;

/** A lifetime that no test outlasts, not even on a slow store. */
export const LONG_MS = 600_000;

/** A lifetime short enough that a test can wait until it has passed. */
export const SHORT_MS = 400;

/** Returns a record as a session writes it. */
export function recordOf(data: Data, lifetimeMs = LONG_MS, now = Date.now()): SessionRecord<Data> {
  return {
    ...data,
    cookie: {
      originalMaxAge: lifetimeMs,
      expires: new Date(now + lifetimeMs).toISOString(),
      httpOnly: true,
      path: '/',
    },
    __session: { createdAt: now, lastSeenAt: now, cookieSentAt: now },
  };
}

/** Returns a record whose expiry has passed. */
export function expiredRecord(data: Data): SessionRecord<Data> {
  return { ...recordOf(data), cookie: { originalMaxAge: LONG_MS, expires: '2001-01-01T00:00:00.000Z' } };
}

/** Parts of records without an expiry date. Other software may write such records. */
export const ENDLESS: Record<string, Pick<SessionRecord, 'cookie'>> = {
  'only originalMaxAge': { cookie: { originalMaxAge: LONG_MS, path: '/' } },
  'expires is null': { cookie: { originalMaxAge: null, expires: null, path: '/' } },
  'no cookie': {},
};

/**
 * Returns the part of a record whose keys are in `data`, since a store may add its own keys. Returns all of
 * it if `data` is `null`, and `null` if there is no record.
 */
export function pick(record: object | null, data: Data | null): Data | null {
  if (record === null) return null;
  const wanted = new Set(Object.keys(data ?? record));
  return Object.fromEntries(Object.entries(record).filter(([key]) => wanted.has(key)));
}

/** Returns when a record expires, epoch milliseconds, or NaN if it has no date. */
export function instant(cookie: RecordCookie | undefined): number {
  return cookie?.expires == null ? Number.NaN : new Date(cookie.expires).getTime();
}
