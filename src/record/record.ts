import { isObject, type JsonObject } from '../lib/json.js';
import type { RecordCookie, SessionRecord } from '../store-contract/store.js';
import { CLOCK_SKEW_MS } from './expiry.js';
import { isSessionId } from './id-shape.js';
import { recordTime } from './record-time.js';

/** What every kind of record tells of a session. Times are epoch milliseconds; `null` where the record does not say. */
interface Recorded {
  readonly data: JsonObject;
  /** `null` in a record that 1.x or express-session wrote. */
  readonly createdAt: number | null;
  readonly lastSeenAt: number | null;
  readonly expiresAt: number | null;
  /** The user in whose index the session is, as the store knows them. */
  readonly user: string | null;
}

/** A session as its record has it. */
export interface Session extends Recorded {
  readonly cookieSentAt: number | null;
  /** The session's own lifetime in seconds ("remember me"), instead of the options'. */
  readonly maxAge: number | null;
  /** Until when that index is sure to hold the session. */
  readonly indexedUntil: number | null;
  /** A handle of the key under which it is indexed: express-session may copy a whole record to another ID. */
  readonly indexedKey: string | null;
  /** What its old IDs still show. */
  readonly graceCopies: readonly GraceCopy[];
}

/** A grace copy: what an old ID shows for a moment after `regenerate`. Nobody can write it. */
export interface Superseded extends Recorded {
  readonly expiresAt: number;
}

/** Where a grace copy is. */
export interface GraceCopy {
  /** What the store knows it by. */
  readonly key: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** A record is either of these. */
export type ParsedRecord =
  | { readonly is: 'session'; readonly session: Session }
  | { readonly is: 'superseded'; readonly session: Superseded };

/** Returns whether a copy may still be there, by the clock of any server. */
export function mayRemain({ until }: GraceCopy, now: number): boolean {
  return until + CLOCK_SKEW_MS > now;
}

/** A session about which nothing is known yet. */
export const BLANK: Session = {
  data: {},
  createdAt: null,
  lastSeenAt: null,
  expiresAt: null,
  user: null,
  cookieSentAt: null,
  maxAge: null,
  indexedUntil: null,
  indexedKey: null,
  graceCopies: [],
};

/** A date that cannot be read counts as this one: expired long ago. */
const INVALID = 0;

/** Parses what a store returned. It is hostile input: `null` for what is no record. */
export function parseRecord(raw: unknown): ParsedRecord | null {
  if (!isObject(raw)) return null;
  // JSON.parse makes an own key of __proto__; nothing that copies the data may meet it.
  const { cookie: rawCookie, __session, ['__proto__']: _, ...data } = raw;
  const cookie = parseCookie(rawCookie);
  const own = isObject(__session) ? __session : {};
  // Spelled out, and not spread: V8 takes twenty times as long for an object that is spread first and then added to.
  const createdAt = finite(own.createdAt);
  const lastSeenAt = latest(finite(own.lastSeenAt), cookie.touchedAt);
  const user = text(own.user);
  if (own.frozen === true) {
    const expiresAt = cookie.expiresAt ?? INVALID;
    return { is: 'superseded', session: { data, createdAt, lastSeenAt, expiresAt, user } };
  }
  const session = {
    data,
    createdAt,
    lastSeenAt,
    expiresAt: cookie.expiresAt,
    user,
    cookieSentAt: finite(own.cookieSentAt),
    maxAge: finite(own.maxAge),
    indexedUntil: finite(own.notedUntil),
    indexedKey: text(own.notedAs),
    graceCopies: Array.isArray(own.predecessors) ? own.predecessors.filter(isGraceCopy) : [],
  };
  return { is: 'session', session };
}

/** Returns the record of a session, with the cookie attributes that express-session would want to find. */
export function formatRecord(session: Session, lifetimeMs: number, attributes: RecordCookie): SessionRecord {
  const { cookieSentAt, maxAge, user, indexedUntil, indexedKey, graceCopies } = session;
  return format(session, lifetimeMs, attributes, {
    cookieSentAt,
    ...(maxAge !== null && { maxAge }),
    ...(user !== null && { notedUntil: indexedUntil, notedAs: indexedKey }),
    ...(graceCopies.length > 0 && { predecessors: graceCopies }),
  });
}

/** Returns the record of a grace copy. */
export function formatSuperseded(
  session: Superseded,
  lifetimeMs: number,
  attributes: RecordCookie,
): SessionRecord {
  return format(session, lifetimeMs, attributes, { frozen: true });
}

function format(
  { data, createdAt, lastSeenAt, expiresAt, user }: Recorded,
  lifetimeMs: number,
  attributes: RecordCookie,
  own: object,
): SessionRecord {
  const expires = expiresAt === null ? null : new Date(expiresAt).toISOString();
  // The spread comes last, for the same reason.
  return {
    cookie: { originalMaxAge: lifetimeMs, expires, ...attributes },
    __session: { createdAt, lastSeenAt, ...(user !== null && { user }), ...own },
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

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Its key is given to the store, so it has to be one. */
function isGraceCopy(value: unknown): value is GraceCopy {
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
