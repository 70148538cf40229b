import { SessionError } from '../../lib/errors.js';
import { isObject } from '../../lib/json.js';
import { isPromiseLike } from '../../lib/maybe-promise.js';
import { refuseUnknown } from '../../lib/unknown-option.js';
import { isSessionId, malformedId } from '../../record/id-shape.js';
import { hasExpired } from '../../record/record-time.js';
import {
  callOptions,
  classNameOf,
  type RecordCookie,
  type SessionRecord,
  type Store,
} from '../../store-contract/store.js';
import { noStoreFix } from '../../store-contract/store-fix.js';

type Callback = (error?: unknown, result?: unknown) => void;

/** A store written for express-session. Its methods take a callback, return a promise, or do both. */
export interface ExpressSessionStore {
  get(sid: string, callback: Callback): unknown;
  set(sid: string, session: never, callback?: Callback): unknown;
  destroy(sid: string, callback?: Callback): unknown;
  touch?(sid: string, session: never, callback?: Callback): unknown;
}

/** Options of `promisifyStore`. */
export interface PromisifyOptions {
  /**
   * Who ends a session that is not used: the date in its record, or the store.
   *
   * Give `'store'` only if the store never returns an expired session and its `touch` moves the expiry, as
   * with connect-redis. If you are not sure, leave it out: each read then checks the date in the record, and
   * `set` moves it.
   * @default 'record'
   */
  expiry?: 'record' | 'store' | undefined;
  /**
   * The store's name in spans, metrics and errors. Give one: `next build` shortens the name of a class.
   * @default the name of the store's class, and `express-session store` where a bundler has shortened that
   */
  name?: string | undefined;
}

/**
 * Wraps a store written for express-session as a `Store`.
 *
 * Such a store cannot compare and swap. Within one process, writes to a session wait for each other. Between
 * processes, the last write wins.
 *
 * @param store the store, for example one of connect-redis, connect-mongo or session-file-store.
 * @throws ERR_SESSION_OPTIONS for a bad value of an option, and for an option that does not exist.
 * @returns a `Store` that checks each ID and, unless `expiry` is `'store'`, the date of each record. Its
 * `set` throws `ERR_SESSION_ID` for a malformed ID.
 * @example
 * const store = promisifyStore(new RedisStore({ client }), { name: 'connect-redis', expiry: 'store' });
 */
export function promisifyStore(store: ExpressSessionStore, options: PromisifyOptions = {}): Store<object> {
  refuseUnknown('promisifyStore', options, ['expiry', 'name'], {});
  checkStore(store);
  const { expiry = 'record', name = classNameOf(store, 'express-session store') } = options;
  if (expiry !== 'record' && expiry !== 'store') throw badExpiry();
  const call = (method: string, ...args: unknown[]): Promise<unknown> =>
    settle((callback) => {
      const run: unknown = Reflect.get(store, method);
      if (typeof run !== 'function') throw new TypeError(`The wrapped session store has no ${method}().`);
      return run.call(store, ...args, callback);
    });

  const destroy = async (id: string): Promise<void> => {
    if (isSessionId(id)) await call('destroy', id).catch(missingIsNull);
  };

  /** Of expired records, by ID. A pool of connections may run a deletion after a write that came later. */
  const deletions = new Map<string, Promise<void>>();

  const get = async (id: string, options = callOptions()): Promise<SessionRecord<object> | null> => {
    if (!isSessionId(id)) return null;
    const record = asRecord(await call('get', id).catch(missingIsNull));
    if (expiry === 'store' || !record || !hasExpired(record, options.now)) return record;
    // Some stores use another date than the record's, or none. The read neither waits for the deletion nor fails with it.
    if (!deletions.has(id)) {
      const deletion = destroy(id).catch(() => {});
      deletions.set(id, deletion);
      void deletion.then(() => deletions.delete(id));
    }
    return null;
  };

  const set = async (id: string, record: SessionRecord<object>, { now } = callOptions()): Promise<void> => {
    if (!isSessionId(id)) throw malformedId('The record was not written: its ID');
    await deletions.get(id);
    if (hasExpired(record, now)) await destroy(id);
    else await call('set', id, expressRecord(record, now));
  };

  const touch = async (id: string, record: SessionRecord<object>, options = callOptions()): Promise<void> => {
    if (!isSessionId(id)) return;
    await call('touch', id, expressRecord(record, options.now)).catch(async (error) => {
      // connect-mongo reports a missing session as an ordinary error.
      if ((await get(id, options)) !== null) throw error;
    });
  };

  // Many stores' `touch` does not move the date in the record. It helps only if that date does not count.
  const canTouch = expiry === 'store' && typeof store.touch === 'function';
  return { name, expiry, get, set, destroy, ...(canTouch && { touch }) };
}

/** Throws for what is no store of express-session. */
function checkStore(store: object): void {
  const fix =
    noStoreFix(store) ?? ('atomic' in store ? 'this store needs no wrapping. Give it as it is' : null);
  if (fix !== null) throw new SessionError('ERR_SESSION_OPTIONS', `promisifyStore: ${fix}.`);
}

function badExpiry(): SessionError {
  return new SessionError('ERR_SESSION_OPTIONS', "promisifyStore option expiry: give 'record' or 'store'.");
}

/**
 * Returns the outcome of a call that takes a callback, returns a promise, or does both (connect-redis). The
 * first outcome counts. A plain return value is ignored, because callback stores return handles and run
 * statistics.
 */
function settle(run: (callback: Callback) => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const returned = run((error, result) => (error ? reject(error) : resolve(result)));
    if (isPromiseLike(returned)) returned.then(resolve, reject);
  });
}

/** The error codes of file stores for a missing session, and for an ID that is too long for a file name. */
const MISSING = ['ENOENT', 'ENAMETOOLONG'];

/** Returns null for the error of a missing session. Throws any other error. */
function missingIsNull(error: unknown): null {
  if (!isObject(error)) throw error;
  const { code, syscall } = error;
  // A database that is away has the same code, if it listens on a socket in the file system.
  if (syscall !== 'connect' && MISSING.includes(String(code))) return null;
  throw error;
}

/**
 * Returns an answer as a record, without the property that session-file-store adds. The session checks the
 * rest.
 */
function asRecord(answer: unknown): SessionRecord<object> | null {
  if (!isObject(answer)) return null;
  const { __lastAccess: _, ...record } = answer as SessionRecord<{ __lastAccess?: number }>;
  return record;
}

/**
 * Returns a copy of a record as express-session gives it to a store: with a Date, and the `maxAge` that some
 * read.
 */
function expressRecord(record: SessionRecord<object>, now: number): SessionRecord<object> {
  const { expires, originalMaxAge, ...attributes }: RecordCookie = record.cookie ?? {};
  const date = expires == null ? null : new Date(expires);
  const cookie = {
    ...attributes,
    originalMaxAge: originalMaxAge ?? null,
    expires: date,
    /**
     * Milliseconds until the session expires. A getter that is not part of the JSON, as in express-session.
     */
    get maxAge() {
      return date ? date.getTime() - now : null;
    },
  };
  Object.defineProperty(cookie, 'maxAge', { enumerable: false });
  return { ...record, cookie };
}
