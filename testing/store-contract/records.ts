import type { RecordCookie, SessionRecord } from '../../src/store-contract/store.js';

export type Data = Record<string, unknown>;

/** Long enough for a test of a slow store. */
export const LONG_MS = 600_000;

/** A lifetime that a test waits out. */
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

/** What a record has that does not say when it ends, as other writers leave it. */
export const ENDLESS: Record<string, Pick<SessionRecord, 'cookie'>> = {
  'an originalMaxAge alone': { cookie: { originalMaxAge: LONG_MS, path: '/' } },
  'a cookie whose expiry is null': { cookie: { originalMaxAge: null, expires: null, path: '/' } },
  'no cookie': {},
};

/** Returns the keys of a record that the data has, since a store may add some of its own; `null` for no record. */
export function pick(record: object | null, data: Data | null): Data | null {
  if (record === null) return null;
  const wanted = new Set(Object.keys(data ?? record));
  return Object.fromEntries(Object.entries(record).filter(([key]) => wanted.has(key)));
}

/** Returns when a record ends, epoch milliseconds; NaN where it does not say. */
export function instant(cookie: RecordCookie | undefined): number {
  return cookie?.expires == null ? Number.NaN : new Date(cookie.expires).getTime();
}
