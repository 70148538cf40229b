import { SessionError } from '../../lib/errors.js';
import { isObject } from '../../lib/json.js';
import { isPromiseLike } from '../../lib/maybe-promise.js';
import { isSessionId } from '../../record/id-shape.js';
import { hasExpired } from '../../record/record-time.js';
import {
  callOptions,
  type RecordCookie,
  type SessionRecord,
  type Store,
} from '../../store-contract/store.js';

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
   * Who ends a session that is not used. `store` says that the store never returns an expired session and that its `touch`
   * moves the expiry: true of connect-redis. Leave it out where you are not sure: the date in the record is then checked
   * at each read, and moved by `set`.
   * @default 'record'
   */
  expiry?: 'record' | 'store';
  /** What spans, metrics and errors call the store. @default the name of its class */
  name?: string;
}

/**
 * Makes a `Store` of any store written for express-session.
 *
 * Such stores cannot compare and swap: writes are serialised within this process, but between processes the last
 * one wins.
 */
export function promisifyStore(
  store: ExpressSessionStore,
  { expiry = 'record', name = store.constructor?.name || 'store' }: PromisifyOptions = {},
): Store<object> {
  const call = (method: string, ...args: unknown[]): Promise<unknown> =>
    settle((callback) => {
      const run: unknown = Reflect.get(store, method);
      if (typeof run !== 'function') throw new TypeError(`The wrapped session store has no ${method}().`);
      return run.call(store, ...args, callback);
    });

  const destroy = async (id: string): Promise<void> => {
    if (isSessionId(id)) await call('destroy', id).catch(missingIsNull);
  };

  const get = async (id: string, options = callOptions()): Promise<SessionRecord<object> | null> => {
    if (!isSessionId(id)) return null;
    const record = asRecord(await call('get', id).catch(missingIsNull));
    if (expiry === 'store' || !record || !hasExpired(record, options.now)) return record;
    // Some stores go by another date than this one, or by none. That it stays there does not matter to the reader.
    await destroy(id).catch(() => {});
    return null;
  };

  const set = async (id: string, record: SessionRecord<object>, { now } = callOptions()): Promise<void> => {
    if (!isSessionId(id)) throw badId();
    if (hasExpired(record, now)) await destroy(id);
    else await call('set', id, expressRecord(record, now));
  };

  const touch = async (id: string, record: SessionRecord<object>, options = callOptions()): Promise<void> => {
    if (!isSessionId(id)) return;
    await call('touch', id, expressRecord(record, options.now)).catch(async (error) => {
      // connect-mongo reports a missing session as an error like any other.
      if ((await get(id, options)) !== null) throw error;
    });
  };

  // The `touch` of many stores leaves the date in the record as it is: of use only where that date does not count.
  const canTouch = expiry === 'store' && typeof store.touch === 'function';
  return { name, expiry, get, set, destroy, ...(canTouch && { touch }) };
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

function badId(): SessionError {
  return new SessionError(
    'ERR_SESSION_ID',
    'A record was to be written under something that is no session ID. An ID is 1 to 256 letters of ' +
      '[A-Za-z0-9._~:-] without "..".',
  );
}

/** The record as express-session hands it to a store: its own copy, with a Date and the `maxAge` that some read. */
function expressRecord(record: SessionRecord<object>, now: number): SessionRecord<object> {
  const { expires, originalMaxAge, ...attributes }: RecordCookie = record.cookie ?? {};
  const date = expires == null ? null : new Date(expires);
  const cookie = {
    ...attributes,
    originalMaxAge: originalMaxAge ?? null,
    expires: date,
    /** Milliseconds left. A getter, and not part of the JSON, as in express-session. */
    get maxAge() {
      return date ? date.getTime() - now : null;
    },
  };
  Object.defineProperty(cookie, 'maxAge', { enumerable: false });
  return { ...record, cookie };
}
