import { SessionError } from '../../lib/errors.js';
import { isObject } from '../../lib/json.js';
import { isPromiseLike } from '../../lib/promise-like.js';
import { isSessionId } from '../../record/id-shape.js';
import { hasExpired } from '../../record/record-time.js';
import type { RecordCookie, SessionRecord, Store } from '../../store-contract/store.js';
import { currentTime } from '../../test-seam/surroundings.js';

type Callback = (error?: unknown, result?: unknown) => void;

/** A store of express-session, of whatever package: methods that take a callback, return a promise, or both. */
export interface ExpressSessionStore {
  get(sid: string, callback: Callback): unknown;
  set(sid: string, session: never, callback?: Callback): unknown;
  destroy(sid: string, callback?: Callback): unknown;
  touch?(sid: string, session: never, callback?: Callback): unknown;
}

export interface PromisifyOptions {
  /**
   * Says that the store never returns an expired session and that its `touch` moves the expiry, so that it, not
   * the record's date, decides over idle sessions. True of connect-redis; leave it out where you are not sure: the
   * record's own date is then checked at each read, and moved by `set`.
   * @default false
   */
  trustExpiry?: boolean;
  /** What spans, metrics and errors call the store. @default the name of its class */
  name?: string;
}

/** A store of express-session as a `Store`, with what it offers beside. */
export interface PromisifiedStore extends Store<object> {
  /** Every session, where the wrapped store can tell. */
  all?(): Promise<ListedSession[]>;
  /** Listens to the wrapped store, where it emits events: many do when they lose and regain their server. */
  on?(event: 'connect' | 'disconnect', listener: () => void): void;
}

export interface ListedSession {
  /** `null` where the wrapped store does not tell. */
  readonly id: string | null;
  readonly record: SessionRecord<object>;
}

/**
 * Makes a `Store` of any store written for express-session.
 *
 * Such stores cannot compare and swap: writes are serialised within this process, but between processes the last
 * one wins.
 */
export function promisifyStore(
  store: ExpressSessionStore,
  { trustExpiry = false, name = store.constructor?.name || 'store' }: PromisifyOptions = {},
): PromisifiedStore {
  const call = (method: string, ...args: unknown[]): Promise<unknown> =>
    settle((callback) => {
      const run: unknown = Reflect.get(store, method);
      if (typeof run !== 'function') throw new TypeError(`The wrapped session store has no ${method}().`);
      return run.call(store, ...args, callback);
    });

  const destroy = async (id: string): Promise<void> => {
    if (isSessionId(id)) await call('destroy', id).catch(missingIsNull);
  };

  const get = async (id: string): Promise<SessionRecord<object> | null> => {
    if (!isSessionId(id)) return null;
    const record = asRecord(await call('get', id).catch(missingIsNull));
    if (trustExpiry || !record || !hasExpired(record, currentTime())) return record;
    // Some stores go by another date than this one, or by none. That it stays there does not matter to the reader.
    await destroy(id).catch(() => {});
    return null;
  };

  const set = async (id: string, record: SessionRecord<object>): Promise<void> => {
    if (!isSessionId(id)) throw badId();
    if (hasExpired(record, currentTime())) await destroy(id);
    else await call('set', id, expressRecord(record));
  };

  const touchKey = async (id: string, record: SessionRecord<object>): Promise<void> => {
    if (!isSessionId(id)) return;
    await call('touch', id, expressRecord(record)).catch(async (error) => {
      // connect-mongo reports a missing session as an error like any other.
      if ((await get(id)) !== null) throw error;
    });
  };

  /** What `touch` of many stores leaves alone is the record's own date, and that is the one that counts here. */
  const touchRecord = async (id: string, { cookie, __session }: SessionRecord<object>): Promise<void> => {
    const stored = await get(id);
    if (stored) await set(id, { ...stored, ...(cookie && { cookie }), ...(__session && { __session }) });
  };

  return {
    name,
    trustExpiry,
    get,
    set,
    destroy,
    ...(has(store, 'touch') && { touch: trustExpiry ? touchKey : touchRecord }),
    ...(has(store, 'all') && {
      all: async () => {
        const listed = listSessions(await call('all'));
        return listed.filter(({ record }) => trustExpiry || !hasExpired(record, currentTime()));
      },
    }),
    ...(has(store, 'on') && {
      on: (event: string, listener: () => void) => {
        store.on(event, listener);
      },
    }),
  };
}

function has<K extends string>(
  store: object,
  method: K,
): store is Record<K, (...args: unknown[]) => unknown> {
  return typeof Reflect.get(store, method) === 'function';
}

/**
 * The outcome of a call that takes a callback, returns a promise, or does both (connect-redis), whichever comes
 * first. A plain return value says nothing: callback stores return handles and run statistics.
 */
function settle(run: (callback: Callback) => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const returned = run((error, result) => (error ? reject(error) : resolve(result)));
    if (isPromiseLike(returned)) returned.then(resolve, reject);
  });
}

/** What file stores say of a session that is not there, and of one whose name no file can have. */
const MISSING = ['ENOENT', 'ENAMETOOLONG'];

function missingIsNull(error: unknown): null {
  if (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    MISSING.includes(String(error.code))
  ) {
    return null;
  }
  throw error;
}

/** Whatever a store answered, which the session checks, without what session-file-store adds to the data. */
function asRecord(answer: unknown): SessionRecord<object> | null {
  if (!isObject(answer)) return null;
  const { __lastAccess: _, ...record } = answer as SessionRecord<{ __lastAccess?: number }>;
  return record;
}

/** `all` gives a map by ID (memorystore), or an array with IDs (connect-redis) or without (connect-mongo). */
function listSessions(answer: unknown): ListedSession[] {
  if (typeof answer !== 'object' || answer === null) return [];
  if (!Array.isArray(answer)) return Object.entries(answer).map(([id, record]) => ({ id, record }));
  return answer.map((record) => ({ id: typeof record?.id === 'string' ? record.id : null, record }));
}

function badId(): SessionError {
  return new SessionError(
    'ERR_SESSION_ID',
    'A record was to be written under something that is no session ID. An ID is 1 to 256 letters of ' +
      '[A-Za-z0-9._~:-] without "..".',
  );
}

/** The record as express-session hands it to a store: its own copy, with a Date and the `maxAge` that some read. */
function expressRecord(record: SessionRecord<object>): SessionRecord<object> {
  const { expires, originalMaxAge, ...attributes }: RecordCookie = record.cookie ?? {};
  const date = expires == null ? null : new Date(expires);
  const cookie = {
    ...attributes,
    originalMaxAge: originalMaxAge ?? null,
    expires: date,
    /** Milliseconds left. A getter, and not part of the JSON, as in express-session. */
    get maxAge() {
      return date ? date.getTime() - currentTime() : null;
    },
  };
  Object.defineProperty(cookie, 'maxAge', { enumerable: false });
  return { ...record, cookie };
}
