import { isObject } from './json.js';
import { recordTime } from './record-time.js';
import type { SessionRecord } from './store.js';

/** How many different shapes are shared; records of any other carry their own. */
const MAX_SHAPES = 256;

/** What is left of `cookie` and `__session` without their dates: nearly always the same for all sessions of an app. */
type Shape = readonly [cookie: object, session: object];

/** A record that is not as this library writes them: as it is. */
type Whole = readonly [expiresAt: number | null, record: SessionRecord];

/** The index of a shape, or one that is not shared, and what makes this record differ. */
type Parts = readonly [
  expiresAt: number,
  shape: number | Shape,
  createdAt: number | null,
  lastSeenAt: number | null,
  cookieSentAt: number | null,
  data: object,
];

/**
 * Turns records into short text and back. Half of a small session's JSON is its cookie's attributes and the names of
 * its dates: they are kept once.
 */
export class RecordPacker {
  readonly #shapes: Shape[] = [];
  readonly #indexes = new Map<string, number>();

  /** @throws TypeError when the record is not JSON. */
  pack(record: SessionRecord): string {
    const { cookie, __session, ...data } = record;
    const expiresAt = readableTime(cookie?.expires);
    if (
      !isObject(cookie) ||
      !isObject(__session) ||
      expiresAt === null ||
      !isExact(cookie.expires, expiresAt)
    ) {
      return JSON.stringify([expiresAt, record] satisfies Whole);
    }
    const { expires: _, ...attributes } = cookie;
    const own: Record<string, unknown> = { ...__session };
    const dates = [
      takeDate(own, 'createdAt'),
      takeDate(own, 'lastSeenAt'),
      takeDate(own, 'cookieSentAt'),
    ] as const;
    return JSON.stringify([expiresAt, this.#share([attributes, own]), ...dates, data] satisfies Parts);
  }

  unpack(text: string): SessionRecord {
    const packed: Whole | Parts = JSON.parse(text);
    if (packed.length === 2) return packed[1];
    const [expiresAt, shared, createdAt, lastSeenAt, cookieSentAt, data] = packed;
    const [cookie, session] = typeof shared === 'number' ? (this.#shapes[shared] ?? [{}, {}]) : shared;
    return {
      ...data,
      cookie: { ...cookie, expires: new Date(expiresAt).toISOString() },
      __session: {
        ...session,
        ...(createdAt !== null && { createdAt }),
        ...(lastSeenAt !== null && { lastSeenAt }),
        ...(cookieSentAt !== null && { cookieSentAt }),
      },
    };
  }

  #share(shape: Shape): number | Shape {
    const key = JSON.stringify(shape);
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    if (this.#shapes.length >= MAX_SHAPES) return shape;
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

/** A date out of `own`, which keeps whatever is none. */
function takeDate(own: Record<string, unknown>, name: string): number | null {
  const date = own[name];
  if (typeof date !== 'number' || !Number.isFinite(date)) return null;
  delete own[name];
  return date;
}
