import type { RecordCookie, SessionRecord, Store } from './store.js';

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
}

/**
 * Makes a `Store` of any store written for express-session.
 *
 * Such stores cannot compare and swap: writes are serialised within this process, but between processes the last
 * one wins.
 */
export function promisifyStore(store: ExpressSessionStore, options: PromisifyOptions = {}): Store<object> {
  const call = (method: 'get' | 'set' | 'destroy' | 'touch', ...args: unknown[]): Promise<unknown> =>
    settle((callback) => {
      const run: unknown = Reflect.get(store, method);
      if (typeof run !== 'function') throw new TypeError(`The wrapped session store has no ${method}().`);
      return run.call(store, ...args, callback);
    });

  const get = async (id: string) =>
    ((await call('get', id).catch(missingIsNull)) ?? null) as SessionRecord<object> | null;

  return {
    trustExpiry: options.trustExpiry ?? false,
    get,
    async set(id, record) {
      await call('set', id, expressRecord(record));
    },
    async destroy(id) {
      await call('destroy', id).catch(missingIsNull);
    },
    ...(typeof store.touch === 'function' && {
      async touch(id: string, record: SessionRecord<object>) {
        await call('touch', id, expressRecord(record)).catch(async (error) => {
          // connect-mongo reports a missing session as an error like any other.
          if ((await get(id)) !== null) throw error;
        });
      },
    }),
  };
}

/**
 * The outcome of a call that takes a callback, returns a promise, or does both (connect-redis), whichever comes
 * first. A plain return value says nothing: callback stores return handles and run statistics.
 */
function settle(run: (callback: Callback) => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const returned = run((error, result) => (error ? reject(error) : resolve(result)));
    if (isPromise(returned)) returned.then(resolve, reject);
  });
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** File stores report a missing session as an error. */
function missingIsNull(error: unknown): null {
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
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
      return date ? date.getTime() - Date.now() : null;
    },
  };
  Object.defineProperty(cookie, 'maxAge', { enumerable: false });
  return { ...record, cookie };
}
