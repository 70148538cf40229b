import { BLANK, formatRecord, type Session } from '../../src/record/record.js';
import type { RecordCookie, SessionRecord } from '../../src/store-contract/store.js';

export type Data = Record<string, unknown>;

/** A lifetime that no test outlasts, not even on a slow store. */
export const LONG_MS = 600_000;

/** A lifetime short enough that a test can wait until it has passed. */
export const SHORT_MS = 400;

/** What express-session finds in the cookie of a record. */
const SHARED: RecordCookie = { httpOnly: true, path: '/' };

/** Returns a record as a session writes it where express-session shares the records. */
export function recordOf(data: Data, lifetimeMs = LONG_MS, now = Date.now()): SessionRecord<Data> {
  return formatRecord(sessionOf(data, lifetimeMs, now), {
    key: 'id',
    name: 'sid',
    lifetimeMs,
    shared: SHARED,
  });
}

/** Returns a record as a session writes it where nobody else reads the records. Its date is a number. */
export function compactRecordOf(data: Data, lifetimeMs = LONG_MS, now = Date.now()): SessionRecord<Data> {
  return formatRecord(sessionOf(data, lifetimeMs, now), { key: 'id', name: 'sid', lifetimeMs, shared: null });
}

/** Returns the session of two users, which has just moved to a new ID: its record holds nearly all that one can. */
function sessionOf(data: Data, lifetimeMs: number, now: number): Session {
  return {
    ...BLANK,
    data,
    createdAt: now,
    lastSeenAt: now,
    cookieSentAt: now,
    regeneratedAt: now,
    expiresAt: now + lifetimeMs,
    nonce: 'qB3-_8kLx0Zw',
    entries: ['u', 'v'].map((letter) => ({
      user: letter.repeat(43),
      id: `entry-of-${letter}`,
      until: now + lifetimeMs,
    })),
    graceCopies: [{ key: 'an-old-key', until: now + lifetimeMs }],
  };
}

/** Records whose expiry has passed, by the kind of their date. */
export const EXPIRED: Record<string, (data: Data) => SessionRecord<Data>> = {
  'a date as text': expiredRecord,
  'a date as a number': (data) => compactRecordOf(data, LONG_MS, Date.parse('2001-01-01')),
};

/** Returns a record whose expiry has passed. */
export function expiredRecord(data: Data): SessionRecord<Data> {
  return recordOf(data, LONG_MS, Date.parse('2001-01-01'));
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
