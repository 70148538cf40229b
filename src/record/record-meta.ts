import { isObject, membersOf } from '../lib/json.js';
import { MAX_LIFETIME_S, type OwnLifetime } from './expiry.js';
import { type GraceCopy, MAX_COPIES } from './grace-copy.js';
import { isTime } from './record-time.js';
import { formatRenewal, parseRenewals, type Renewal } from './renewal.js';
import { MAX_USERS } from './user-key.js';

/**
 * The number of this format. 1.x wrote bare data without a format. A version that writes what this one cannot read raises the
 * number: this one then leaves such records alone.
 */
const FORMAT = 2;

/** What a record says of an entry that its session has in the index of a user. */
interface UserClaim {
  readonly user: string;
  readonly until: number;
  /** The name of the entry; `null` if it is named after the record's key. */
  readonly entry: string | null;
}

/** What a record says under `__session`. `null` where it says nothing. Times are epoch milliseconds. */
export interface Meta {
  readonly name: string | null;
  readonly nonce: string | null;
  readonly createdAt: number | null;
  readonly lastSeenAt: number | null;
  readonly cookieSentAt: number | null;
  readonly regeneratedAt: number | null;
  readonly rest: MetaRest;
}

/** What most records do not say. */
export interface MetaRest {
  readonly maxAge: OwnLifetime;
  readonly users: readonly UserClaim[];
  /** A handle of the key under which the session is indexed. Only in shared records, since others may copy those. */
  readonly indexedKey: string | null;
  readonly copies: readonly GraceCopy[];
  readonly renewals: readonly Renewal[];
  /** What a grace copy says of its session. Null in the record of a session. */
  readonly superseded: SupersededBy | null;
}

/** Where a session is that has moved on, and until when its old ID shows its data; null where the copy does not say. */
interface SupersededBy {
  readonly successor: string | null;
  readonly shownUntil: number | null;
}

/**
 * Returns what `__session` becomes in a record.
 *
 * - Shared records have an object, because people and other software read them.
 * - The others have a short array. Its dates count from `createdAt`. Its last member is an object of what most sessions do not
 *   have, such as each user with the end and the name of the index entry. Room is left: a later format may add members to the
 *   array, and may store a text, such as a sealed body.
 */
export function formatMeta(meta: Meta, isShared: boolean): object {
  const { name, nonce, createdAt, lastSeenAt, cookieSentAt, regeneratedAt } = meta;
  const { maxAge, users, indexedKey, copies, renewals, superseded } = meta.rest;
  const start = isShared ? 0 : (createdAt ?? 0);
  const since = (time: number | null) => (time === null ? null : time - start);
  const rest: Partial<Record<keyof MetaRest, unknown>> = {};
  if (maxAge !== null) rest.maxAge = maxAge;
  if (users.length > 0) rest.users = users.map((claim) => formatClaim(claim, start));
  if (indexedKey !== null) rest.indexedKey = indexedKey;
  if (copies.length > 0) rest.copies = copies.map(({ key, until }) => [key, since(until)]);
  if (renewals.length > 0) rest.renewals = renewals.map((renewal) => formatRenewal(renewal, since));
  if (superseded) rest.superseded = formatSuperseded(superseded, since);
  if (isShared) {
    return { format: FORMAT, name, nonce, createdAt, lastSeenAt, cookieSentAt, regeneratedAt, ...rest };
  }
  const array: unknown[] = [FORMAT, name, nonce, createdAt, since(lastSeenAt), since(cookieSentAt)];
  const hasRest = Object.keys(rest).length > 0;
  if (regeneratedAt !== null || hasRest) array.push(since(regeneratedAt));
  if (hasRest) array.push(rest);
  return array;
}

function formatClaim({ user, until, entry }: UserClaim, start: number): unknown[] {
  return [user, until - start, ...(entry === null ? [] : [entry])];
}

/**
 * Parses `__session`. It is hostile input.
 *
 * @returns `later` if a later version wrote it, `null` if it is not valid.
 */
export function parseMeta(raw: unknown): Meta | 'later' | null {
  if (raw === undefined) return NOTHING;
  if (Array.isArray(raw)) return fromArray(raw);
  if (isObject(raw)) return fromObject(raw);
  return typeof raw === 'string' ? 'later' : null;
}

const NO_REST = parseRest({}, 0);

/** What 1.x and express-session say. */
const NOTHING: Meta = {
  name: null,
  nonce: null,
  createdAt: null,
  lastSeenAt: null,
  cookieSentAt: null,
  regeneratedAt: null,
  rest: NO_REST,
};

function fromArray(raw: readonly unknown[]): Meta | 'later' | null {
  const [format, name, nonce, created, seen, sent, regenerated, rest] = raw;
  if (isLater(format)) return 'later';
  const createdAt = finite(created);
  if (format !== FORMAT || createdAt === null || typeof name !== 'string') return null;
  return {
    name,
    nonce: text(nonce),
    createdAt,
    lastSeenAt: after(createdAt, seen),
    cookieSentAt: after(createdAt, sent),
    regeneratedAt: after(createdAt, regenerated),
    rest: isObject(rest) ? parseRest(rest, createdAt) : NO_REST,
  };
}

/** Without a format it is another's. What it says is not used. */
function fromObject(raw: Record<string, unknown>): Meta | 'later' {
  const { format, name, nonce } = raw;
  if (isLater(format)) return 'later';
  if (format !== FORMAT) return NOTHING;
  // Other software writes these records, and does not know what a grace copy is.
  const { copies: _, superseded: __, ...rest } = raw;
  return {
    name: text(name),
    nonce: text(nonce),
    createdAt: finite(raw.createdAt),
    lastSeenAt: finite(raw.lastSeenAt),
    cookieSentAt: finite(raw.cookieSentAt),
    regeneratedAt: finite(raw.regeneratedAt),
    rest: parseRest(rest, 0),
  };
}

/** @param start what the dates count from. */
function parseRest(rest: Record<string, unknown>, start: number): MetaRest {
  return {
    maxAge: ownLifetime(rest.maxAge),
    users: membersOf(rest.users)
      .slice(0, MAX_USERS)
      .flatMap((claim) => toClaim(claim, start) ?? []),
    indexedKey: text(rest.indexedKey),
    copies: membersOf(rest.copies)
      .slice(0, MAX_COPIES)
      .map((copy) => toCopy(copy, start)),
    renewals: parseRenewals(rest.renewals, start),
    superseded: parseSuperseded(rest.superseded, start),
  };
}

function toClaim(claim: unknown, start: number): UserClaim | null {
  const [user, offset, entry] = membersOf(claim);
  const until = after(start, offset);
  return typeof user === 'string' && until !== null ? { user, until, entry: text(entry) } : null;
}

function toCopy(copy: unknown, start: number): GraceCopy {
  const [key, until] = membersOf(copy);
  return { key: text(key) ?? '', until: after(start, until) ?? Number.NaN };
}

function formatSuperseded(
  { successor, shownUntil }: SupersededBy,
  since: (time: number | null) => number | null,
): unknown {
  return successor === null ? true : [successor, since(shownUntil)];
}

function parseSuperseded(raw: unknown, start: number): SupersededBy | null {
  if (raw !== true && !Array.isArray(raw)) return null;
  const [successor, offset] = membersOf(raw);
  return { successor: text(successor), shownUntil: after(start, offset) };
}

function ownLifetime(value: unknown): OwnLifetime {
  if (value === 'browser') return value;
  return typeof value === 'number' && value > 0 && value <= MAX_LIFETIME_S ? value : null;
}

function isLater(format: unknown): boolean {
  return typeof format === 'number' && format > FORMAT;
}

/** Returns the date that is so many milliseconds after the start. */
function after(start: number, ms: unknown): number | null {
  return isTime(ms) ? start + ms : null;
}

function finite(value: unknown): number | null {
  return isTime(value) ? value : null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
