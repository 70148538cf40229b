import { isObject } from '../../lib/json.js';
import { recordTime } from '../../record/record-time.js';
import type { SessionRecord } from '../../store-contract/store.js';

/** How many different shapes are shared; records of any other carry their own. */
const MAX_SHAPES = 256;

/** What is left of `cookie` and `__session` without their dates: nearly always the same for all sessions of an app. */
type Shape = readonly [cookie: Readonly<Record<string, unknown>>, session: Readonly<Record<string, unknown>>];

/** A record that is not as this library writes them: as it is. */
type Whole = readonly [expiresAt: number | null, record: SessionRecord];

/** The index of a shape, or one that is not shared, and what makes this record differ. */
type Parts = readonly [
  expiresAt: number,
  shape: number | Shape,
  createdAt: number,
  lastSeenAt: number,
  cookieSentAt: number,
  data: object,
  user?: string,
  notedUntil?: number,
  notedAs?: string,
];

/**
 * Turns records into short text and back. Half of a small session's JSON is its cookie's attributes and the names of
 * its dates: they are kept once.
 */
export class RecordPacker {
  readonly #shapes: Shape[] = [];
  readonly #indexes = new Map<string, number>();
  /** Of the last record packed: most often it is the next one's too. */
  #last: { readonly shape: Shape; readonly index: number } | undefined;

  /** @throws TypeError when the record is not JSON. */
  pack(record: SessionRecord): string {
    const { cookie, __session, ...data } = record;
    const expiresAt = readableTime(cookie?.expires);
    if (isObject(cookie) && isObject(__session) && expiresAt !== null && isExact(cookie.expires, expiresAt)) {
      const { expires: _, ...attributes } = cookie;
      const { createdAt, lastSeenAt, cookieSentAt, user, notedUntil, notedAs, ...own } = __session;
      const isDated = isTime(createdAt) && isTime(lastSeenAt) && isTime(cookieSentAt);
      const isNoted = typeof user === 'string' && isTime(notedUntil) && typeof notedAs === 'string';
      const isPlain = isNoted || (user === undefined && notedUntil === undefined && notedAs === undefined);
      // Old IDs are of one session: to share them would be to keep them.
      if (isDated && isPlain && !('predecessors' in own)) {
        const shape = this.#share([attributes, own]);
        const parts: Parts = [expiresAt, shape, createdAt, lastSeenAt, cookieSentAt, data];
        return JSON.stringify(isNoted ? [...parts, user, notedUntil, notedAs] : parts);
      }
    }
    return JSON.stringify([expiresAt, record] satisfies Whole);
  }

  unpack(text: string): SessionRecord {
    const packed: Whole | Parts = JSON.parse(text);
    if (packed.length === 2) return packed[1];
    const [expiresAt, shared, createdAt, lastSeenAt, cookieSentAt, data, user, notedUntil, notedAs] = packed;
    const [cookie, session] = typeof shared === 'number' ? (this.#shapes[shared] ?? [{}, {}]) : shared;
    return {
      cookie: { expires: new Date(expiresAt).toISOString(), ...cookie },
      __session: {
        createdAt,
        lastSeenAt,
        cookieSentAt,
        ...(user !== undefined && { user, notedUntil, notedAs }),
        ...session,
      },
      ...data,
    };
  }

  #share(shape: Shape): number | Shape {
    const last = this.#last;
    if (last && isSame(last.shape[0], shape[0]) && isSame(last.shape[1], shape[1])) return last.index;
    const index = this.#indexOf(JSON.stringify(shape));
    if (index === undefined) return shape;
    this.#last = { shape, index };
    return index;
  }

  #indexOf(key: string): number | undefined {
    const known = this.#indexes.get(key);
    if (known !== undefined || this.#shapes.length >= MAX_SHAPES) return known;
    this.#indexes.set(key, this.#shapes.length);
    return this.#shapes.push(JSON.parse(key)) - 1;
  }
}

/** When a packed record expires, without unpacking it; a record without a readable expiry never does. */
export function packedExpiry(text: string): number {
  const time = text.slice(1, text.indexOf(','));
  return time === 'null' ? Number.POSITIVE_INFINITY : Number(time);
}

function readableTime(date: unknown): number | null {
  const time = recordTime(date);
  return Number.isNaN(time) ? null : time;
}

/** Whether the date comes back from its time as it was. */
function isExact(expires: unknown, time: number): boolean {
  return expires instanceof Date || expires === new Date(time).toISOString();
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Whether two objects have the same keys and the same plain values; objects within may have changed meanwhile. */
function isSame(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => typeof a[key] !== 'object' && a[key] === b[key] && key in b)
  );
}
