import { isObject, type JsonObject } from '../lib/json.js';
import type { RecordCookie, SessionRecord } from '../store-contract/store.js';
import { CLOCK_SKEW_MS } from './expiry.js';
import { isSessionId } from './id-shape.js';
import { recordTime } from './record-time.js';

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
  /** The user in whose index the session is noted, as the store knows them. */
  readonly user: string | null;
  /** How long that index is sure to hold it. */
  readonly notedUntil: number | null;
  /** Which session that was: express-session may copy all of a record to another ID. */
  readonly notedAs: string | null;
  /** It has moved on to another ID: for a moment this one still shows what it was, and can be changed no more. */
  readonly frozen: boolean;
  /** The old IDs of this session that may still do that. */
  readonly predecessors: readonly Predecessor[];
}

export interface Predecessor {
  /** What the store knows it by. */
  readonly key: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** Whether something may be left under an old ID, by the clock of any server. */
export function mayRemain({ until }: Predecessor, now: number): boolean {
  return until + CLOCK_SKEW_MS > now;
}

/** A session about which nothing is known yet. */
export const BLANK: Session = {
  data: {},
  createdAt: null,
  lastSeenAt: null,
  expiresAt: null,
  cookieSentAt: null,
  maxAge: null,
  user: null,
  notedUntil: null,
  notedAs: null,
  frozen: false,
  predecessors: [],
};

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
    user: typeof own.user === 'string' ? own.user : null,
    notedUntil: finite(own.notedUntil),
    notedAs: typeof own.notedAs === 'string' ? own.notedAs : null,
    frozen: own.frozen === true,
    predecessors: Array.isArray(own.predecessors) ? own.predecessors.filter(isPredecessor) : [],
  };
}

/** The record of a session, with the cookie attributes that express-session would want to find. */
export function formatRecord(session: Session, lifetimeMs: number, attributes: RecordCookie): SessionRecord {
  const { data, createdAt, lastSeenAt, expiresAt, cookieSentAt } = session;
  const { maxAge, user, notedUntil, notedAs, frozen, predecessors } = session;
  const expires = expiresAt === null ? null : new Date(expiresAt).toISOString();
  // The spread comes last: V8 takes twenty times as long for an object that is spread first and then added to.
  return {
    cookie: { originalMaxAge: lifetimeMs, expires, ...attributes },
    __session: {
      createdAt,
      lastSeenAt,
      cookieSentAt,
      ...(maxAge !== null && { maxAge }),
      ...(user !== null && { user, notedUntil, notedAs }),
      ...(frozen && { frozen }),
      ...(predecessors.length > 0 && { predecessors }),
    },
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

/** Their keys are given to the store, so they have to be some. */
function isPredecessor(value: unknown): value is Predecessor {
  return (
    isObject(value) &&
    typeof value.key === 'string' &&
    isSessionId(value.key) &&
    typeof value.until === 'number'
  );
}

function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
