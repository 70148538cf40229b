import type { SessionRecord } from '../../src/store-contract/store.js';

export type Data = Record<string, unknown>;

/** Long enough for a test of a slow store. */
const LONG_MS = 600_000;

/** A lifetime that a test waits out. */
export const SHORT_MS = 400;

/** A record as a session writes it. */
export function recordOf(data: Data, lifetimeMs = LONG_MS): SessionRecord<Data> {
  return {
    ...data,
    cookie: {
      originalMaxAge: lifetimeMs,
      expires: new Date(Date.now() + lifetimeMs).toISOString(),
      httpOnly: true,
      path: '/',
    },
    __session: { createdAt: Date.now(), lastSeenAt: Date.now(), cookieSentAt: Date.now() },
  };
}

/** A record whose expiry has passed. */
export function expiredRecord(data: Data): SessionRecord<Data> {
  return { ...recordOf(data), cookie: { originalMaxAge: LONG_MS, expires: '2001-01-01T00:00:00.000Z' } };
}

/** Of a record, the keys that the data has, since a store may add some of its own; `null` for no record. */
export function pick(record: object | null, data: Data | null): Data | null {
  if (record === null) return null;
  const wanted = new Set(Object.keys(data ?? record));
  return Object.fromEntries(Object.entries(record).filter(([key]) => wanted.has(key)));
}
