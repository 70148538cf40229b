import { isObject, isTooDeep, type JsonObject, MAX_DEPTH } from '../lib/json.js';
import type { RecordCookie, SessionRecord } from '../store-contract/store.js';
import { MAX_LIFETIME_S, type OwnLifetime } from './expiry.js';
import type { GraceCopy } from './grace-copy.js';
import { isSessionId } from './id-shape.js';
import { formatMeta, type Meta, type MetaRest, parseMeta } from './record-meta.js';
import { recordTime } from './record-time.js';
import type { Renewal } from './renewal.js';
import { sessionHandle } from './session-id.js';

/** The place of a session in the index of one of its users. */
export interface SessionEntry {
  /** The user, as the store knows them. */
  readonly user: string;
  /** The name of the entry. It stays the same when the session gets a new ID. */
  readonly id: string;
  /** When the entry ends, epoch milliseconds. The session ends with it. */
  readonly until: number;
}

/** What every kind of record tells of a session. Times are epoch milliseconds; `null` where the record does not say. */
interface Recorded {
  readonly data: JsonObject;
  /** `null` in a record that 1.x or express-session wrote. */
  readonly createdAt: number | null;
  readonly lastSeenAt: number | null;
  readonly expiresAt: number | null;
  /**
   * One for each of its users, in the order of the `user` option: the first is the user's own. None while nobody is signed in,
   * and in a session that is not indexed yet.
   */
  readonly entries: readonly SessionEntry[];
  /** Names this write. The writer recognises it by that if the answer of the store was lost. */
  readonly nonce: string | null;
}

/** A session as its record has it. */
export interface Session extends Recorded {
  readonly cookieSentAt: number | null;
  /** When the session last got a new ID. */
  readonly regeneratedAt: number | null;
  readonly maxAge: OwnLifetime;
  /** What its old IDs still show. */
  readonly graceCopies: readonly GraceCopy[];
  /** Which of its keys are renewed, or were a moment ago. */
  readonly renewals: readonly Renewal[];
}

/** What an old ID shows for a moment after `regenerate`: a grace copy. Nobody can write it. */
export interface Superseded extends Recorded {
  readonly expiresAt: number;
  /** Where the session is now, for the caller who renews one of its keys. Null if nobody does. */
  readonly successor: Successor | null;
}

/** The record that a session has under its new ID. */
export interface Successor {
  /** What the store knows it by. */
  readonly key: string;
  /** How long the old record says so, epoch milliseconds. It is there longer than it shows any data. */
  readonly until: number;
}

/** What a record can be. `name` is the cookie name of the session; `null` if 1.x or express-session wrote it. */
export type ParsedRecord =
  | { readonly is: 'session'; readonly name: string | null; readonly session: Session }
  | { readonly is: 'superseded'; readonly name: string | null; readonly session: Superseded }
  /** A later version of this library wrote it. */
  | { readonly is: 'later' };

/** A session about which nothing is known yet. */
export const BLANK: Session = {
  data: {},
  createdAt: null,
  lastSeenAt: null,
  expiresAt: null,
  entries: [],
  nonce: null,
  cookieSentAt: null,
  regeneratedAt: null,
  maxAge: null,
  graceCopies: [],
  renewals: [],
};

/** A date that cannot be read counts as this one: expired long ago. */
const INVALID = 0;

/**
 * Parses what a store returned under `key`. It is hostile input.
 *
 * @returns `null` for what is no record.
 */
export function parseRecord(raw: unknown, key: string): ParsedRecord | null {
  // Nobody could copy or write data of such a depth.
  if (!isObject(raw) || isTooDeep(raw, MAX_DEPTH + 1)) return null;
  // JSON.parse makes an own key of __proto__; nothing that copies the data may meet it.
  const { cookie: rawCookie, __session, ['__proto__']: _, ...data } = raw;
  const meta = parseMeta(__session);
  if (meta === null) return null;
  if (meta === 'later') return { is: 'later' };
  const cookie = parseCookie(rawCookie);
  const { name, nonce, createdAt, rest } = meta;
  const entries = entriesOf(rest, key);
  const lastSeenAt = latest(meta.lastSeenAt, cookie.touchedAt);
  if (rest.superseded) {
    const { shownUntil, successor: to } = rest.superseded;
    const until = cookie.expiresAt ?? INVALID;
    const expiresAt = shownUntil ?? until;
    const successor = to === null || !isSessionId(to) ? null : { key: to, until };
    const session = { data, createdAt, lastSeenAt, expiresAt, entries, nonce, successor };
    return { is: 'superseded', name, session };
  }
  const session = {
    data,
    createdAt,
    lastSeenAt,
    expiresAt: cookie.expiresAt,
    entries,
    nonce,
    cookieSentAt: meta.cookieSentAt,
    regeneratedAt: meta.regeneratedAt,
    // A session of express-session keeps the lifetime that it came with.
    maxAge: name === null ? cookie.lifetime : rest.maxAge,
    graceCopies: rest.copies.filter(isGraceCopy),
    renewals: rest.renewals,
  };
  return { is: 'session', name, session };
}

/** Whose record it is. */
export interface RecordPlace {
  /** What the store knows the session by. */
  readonly key: string;
  /** The cookie name. A session is never opened by a cookie of another name. */
  readonly name: string;
}

/** What a record holds beside the session. */
export interface RecordLayout extends RecordPlace {
  /** The idle timeout under which the store keeps it, in milliseconds. */
  readonly lifetimeMs: number;
  /** The attributes that express-session wants to find, or `null` if nobody else reads the records. */
  readonly shared: RecordCookie | null;
}

/** Returns the record of a session. */
export function formatRecord(session: Session, layout: RecordLayout): SessionRecord {
  const { expiresAt, cookieSentAt, regeneratedAt, maxAge, graceCopies, renewals } = session;
  const { lifetimeMs, shared } = layout;
  const cookie = shared
    ? { originalMaxAge: lifetimeMs, expires: isoDate(expiresAt), ...shared }
    : { expires: expiresAt, ...(typeof maxAge === 'number' && { originalMaxAge: lifetimeMs }) };
  const dates = { cookieSentAt, regeneratedAt };
  return format(session, layout, cookie, dates, { maxAge, copies: graceCopies, renewals, superseded: null });
}

/** Returns the record of a grace copy. It is never shared: others do not know what it is. */
export function formatSuperseded(session: Superseded, { key, name }: RecordPlace): SessionRecord {
  const { expiresAt: shownUntil, successor } = session;
  const cookie = { expires: successor?.until ?? shownUntil };
  const dates = { cookieSentAt: null, regeneratedAt: null };
  const superseded = { successor: successor?.key ?? null, shownUntil };
  const rest = { maxAge: null, copies: [], renewals: [], superseded };
  return format(session, { key, name, shared: null }, cookie, dates, rest);
}

function format(
  { data, createdAt, lastSeenAt, entries, nonce }: Recorded,
  { key, name, shared }: Omit<RecordLayout, 'lifetimeMs'>,
  cookie: RecordCookie,
  { cookieSentAt, regeneratedAt }: Pick<Meta, 'cookieSentAt' | 'regeneratedAt'>,
  rest: Omit<MetaRest, 'users' | 'indexedKey'>,
): SessionRecord {
  const handle = entries.length > 0 ? sessionHandle(key) : null;
  const meta = {
    name,
    nonce,
    createdAt,
    lastSeenAt,
    cookieSentAt,
    regeneratedAt,
    rest: {
      // An entry is named after the first key that it had.
      users: entries.map(({ user, id, until }) => ({ user, until, entry: id === handle ? null : id })),
      indexedKey: shared ? handle : null,
      ...rest,
    },
  };
  // The spread comes last: V8 of Node 20 takes twenty times as long for an object that is spread first and then added to.
  return { cookie, __session: formatMeta(meta, shared !== null), ...data };
}

/**
 * Returns the entries that a record claims. One that express-session copied to another ID has none: the index knows the session
 * under the ID that it was copied from.
 */
function entriesOf({ users, indexedKey }: MetaRest, key: string): readonly SessionEntry[] {
  // The handle is a hash, so it is made only where it is needed: most records are read.
  if (indexedKey !== null && indexedKey !== sessionHandle(key)) return [];
  return users.map(({ user, until, entry }) => ({ user, id: entry ?? sessionHandle(key), until }));
}

/** What the `cookie` of a record says. */
interface ParsedCookie {
  readonly expiresAt: number | null;
  /** When express-session saw the session last: it moves `expires` at each request, and knows nothing of `__session`. */
  readonly touchedAt: number | null;
  /** Seconds. */
  readonly lifetime: number | null;
}

function parseCookie(cookie: unknown): ParsedCookie {
  if (cookie === undefined) return { expiresAt: null, touchedAt: null, lifetime: null };
  if (!isObject(cookie)) return { expiresAt: INVALID, touchedAt: null, lifetime: null };
  const expiresAt = parseDate(cookie.expires);
  const ms = cookie.originalMaxAge;
  if (typeof ms !== 'number' || !(ms > 0 && ms / 1000 <= MAX_LIFETIME_S)) {
    return { expiresAt, touchedAt: null, lifetime: null };
  }
  return { expiresAt, touchedAt: expiresAt ? expiresAt - ms : null, lifetime: ms / 1000 };
}

function parseDate(value: unknown): number | null {
  const time = recordTime(value);
  return Number.isNaN(time) ? INVALID : time;
}

function isoDate(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

/** Its key is given to the store, so it has to be one. */
function isGraceCopy({ key, until }: GraceCopy): boolean {
  return isSessionId(key) && Number.isFinite(until);
}

function latest(a: number | null, b: number | null): number | null {
  return a === null ? b : Math.max(a, b ?? a);
}
