import { isObject, type JsonObject } from './json.js';
import { recordTime } from './record-time.js';
import type { RecordCookie, SessionRecord } from './store.js';

/**
 * A session as read from its record. Times are epoch milliseconds; `null` where the record does not say, since
 * 1.x or express-session wrote it.
 */
export interface Session {
  readonly data: JsonObject;
  readonly createdAt: number | null;
  readonly lastSeenAt: number | null;
  readonly expiresAt: number | null;
  readonly cookieSentAt: number | null;
  /** A lifetime of this session's own in seconds ("remember me"), instead of the options'. */
  readonly maxAge: number | null;
}

/** What a date that cannot be read counts as: expired long ago. */
const INVALID = 0;

/** Reads what a store returned. It is hostile input: anything that is no record is no session. */
export function parseRecord(raw: unknown): Session | null {
  if (!isObject(raw)) return null;
  // JSON.parse makes an own key of __proto__; nothing that copies the data may meet it.
  const { cookie: rawCookie, __session, ['__proto__']: _, ...data } = raw;
  const cookie = parseCookie(rawCookie);
  const own = isObject(__session) ? __session : {};
  return {
    data,
    createdAt: finite(own.createdAt),
    lastSeenAt: latest(finite(own.lastSeenAt), cookie.touchedAt),
    expiresAt: cookie.expiresAt,
    cookieSentAt: finite(own.cookieSentAt),
    maxAge: finite(own.maxAge),
  };
}

/** The record of a session, with the cookie attributes that express-session would want to find. */
export function formatRecord(session: Session, lifetimeMs: number, attributes: RecordCookie): SessionRecord {
  const { data, createdAt, lastSeenAt, expiresAt, cookieSentAt, maxAge } = session;
  const expires = expiresAt === null ? null : new Date(expiresAt).toISOString();
  // The spread comes last: V8 takes twenty times as long for an object that is spread first and then added to.
  return {
    cookie: { originalMaxAge: lifetimeMs, expires, ...attributes },
    __session: { createdAt, lastSeenAt, cookieSentAt, ...(maxAge !== null && { maxAge }) },
    ...data,
  };
}

/** express-session moves `expires` by `originalMaxAge` at each request, and knows nothing of `__session`. */
function parseCookie(cookie: unknown): { expiresAt: number | null; touchedAt: number | null } {
  if (cookie === undefined) return { expiresAt: null, touchedAt: null };
  if (!isObject(cookie)) return { expiresAt: INVALID, touchedAt: null };
  const expiresAt = parseDate(cookie.expires);
  const lifetime = finite(cookie.originalMaxAge);
  return { expiresAt, touchedAt: expiresAt && lifetime !== null ? expiresAt - lifetime : null };
}

function parseDate(value: unknown): number | null {
  const time = recordTime(value);
  return Number.isNaN(time) ? INVALID : time;
}

function finite(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
