import { type Clock, systemClock } from '../lib/clock.js';

/** The cookie part of a record, as express-session writes it. */
export interface RecordCookie {
  /**
   * When the session expires: ISO 8601 text, or a Date. `null` if another writer gave none, as
   * express-session may.
   */
  expires?: string | Date | null;
  /** The session's idle timeout in milliseconds, under express-session's name. */
  originalMaxAge?: number | null;
  httpOnly?: boolean;
  path?: string;
  domain?: string;
  secure?: boolean;
  sameSite?: 'lax' | 'strict' | 'none' | boolean;
}

/**
 * A record: what a store holds for one session. Beside the session's data it has `cookie`, and `__session`
 * with this library's dates. It is plain JSON: `JSON.stringify` and `JSON.parse` keep all of it.
 */
export type SessionRecord<Data extends object = Record<string, unknown>> = Data & {
  cookie?: RecordCookie;
  __session?: object;
};

/** The last argument of every call of a store. A store may ignore it. */
export interface CallOptions {
  /** The current time of the session, epoch milliseconds. */
  readonly now: number;
  /**
   * Where `now` comes from. A store with its own clock, for example a database, uses that clock. It uses
   * `now` only if a test has set the time (`'test'`).
   */
  readonly clock: 'system' | 'test';
}

/** Returns the options of a call that uses this clock. */
export function callOptions({ now, source }: Clock = systemClock): CallOptions {
  return { now: now(), clock: source };
}

/**
 * A store: it keeps the records of sessions.
 *
 * `get`, `set` and `destroy` make a complete store. They are the contract of 1.x and, through
 * `promisifyStore`, of express-session's stores. A store may have capabilities beside them: `atomic`,
 * `users`, `expiry` and `touch`. `testStore` of `next-app-session/testing` tests a store against everything
 * that is written here.
 *
 * `id` is the session's key: the session ID or, with `hashIds`, its hash of 43 letters. It has 1 to 256
 * letters of `[A-Za-z0-9._~:-]` without `..`. Two keys that differ only in the case of a letter are two
 * records.
 *
 * A missing record is not an error: `get` returns `null` or `undefined`, and `destroy` and `touch` do
 * nothing. A store throws only when the system behind it fails. The session checks what a store returns
 * before it uses it.
 */
export interface Store<Data extends object = Record<string, unknown>> {
  /**
   * The store's name in spans, metrics and errors. A fixed word: it must not hold anything of a request.
   * @default the name of the store's class
   */
  readonly name?: string;

  /**
   * Returns the record, or `null` if there is none. It may return a record whose `cookie.expires` has passed:
   * the session then decides by `expiry`.
   */
  get(
    id: string,
    options?: CallOptions,
  ): SessionRecord<Data> | null | undefined | Promise<SessionRecord<Data> | null | undefined>;

  /**
   * Writes the record. Replaces the old one, if there is one.
   *
   * `record.cookie.expires` says until when the record is needed. If that time has passed, `set` deletes the
   * record instead. A record without a date is kept for at least `cookie.originalMaxAge` milliseconds, and
   * without that for at least a day.
   */
  set(id: string, record: SessionRecord<Data>, options?: CallOptions): unknown;

  /** Deletes the record. */
  destroy(id: string, options?: CallOptions): unknown;

  /**
   * Moves the expiry of a record to `record.cookie.expires`, and leaves its data as it is. Never creates a
   * record. The session calls it only if `expiry` is `'store'`.
   */
  touch?(id: string, record: SessionRecord<Data>, options?: CallOptions): unknown;

  /**
   * Who ends a session that is not used.
   * - `'record'`: the date in its record. The session checks the date at each read, and moves it by writing
   *   the record.
   * - `'store'`: the store itself. It never returns a record whose time is over. `touch` or `load` moves that
   *   time, and the date in the record may be older.
   * @default 'record'
   */
  readonly expiry?: 'record' | 'store';

  /** The default of the `hashIds` option for this store. @default false */
  readonly hashIds?: boolean;

  /** Compare and swap, so that no update is lost. Left out by a store that cannot do it. */
  readonly atomic?: CompareAndSwap<Data>;

  /** The index of each user, which the `user` option needs. It counts only if the store has `atomic` too. */
  readonly users?: UserIndex<Data>;
}

/**
 * The capability to compare and swap: to read a record with its version, and to write only if the version is
 * still the same. So no update is lost and no destroyed session comes back, however many processes write at
 * once.
 */
export interface CompareAndSwap<Data extends object = Record<string, unknown>> {
  /**
   * Returns the record with a version of the whole stored value. Any change, by any writer, makes another
   * version. Returns `null` if there is no record, or if it has expired.
   */
  load(id: string, options: LoadOptions): Promise<LoadedRecord<Data> | null>;

  /**
   * Writes the record if the stored version is `expected`. Compares and writes in one atomic step.
   *
   * As with `set`, a record whose `cookie.expires` has passed is deleted instead, and only if the stored
   * version is `expected`. If nothing is stored and `expected` is `null`, that succeeds.
   *
   * @param expected the version, or `null` to expect that nothing is stored.
   * @returns the new version, or any text after a deletion. `null` if the stored version is another one: then
   * nothing has changed.
   */
  swap(
    id: string,
    expected: string | null,
    record: SessionRecord<Data>,
    options: CallOptions,
  ): Promise<string | null>;
}

/** Options of `load`. */
export interface LoadOptions extends CallOptions {
  /**
   * The idle timeout in milliseconds. Only a store with `expiry: 'store'` gets it. The store may slide the
   * idle timeout with this read, and then returns `leftMs`.
   */
  readonly slideMs?: number;
}

/** A record with its version. */
export interface LoadedRecord<Data extends object = Record<string, unknown>> {
  readonly record: SessionRecord<Data>;
  readonly version: string;
  /**
   * How long the record lives from now on if it is not used, in milliseconds. Only for a store with
   * `expiry: 'store'`, and only if this read has started the idle timeout again. Without it, the session slides by
   * `touch`.
   */
  readonly leftMs?: number | undefined;
  /** The size of the stored value in bytes, for telemetry. */
  readonly size?: number | undefined;
}

/**
 * The index of each user: it says which sessions are whose. It may have entries of sessions that are gone,
 * but it never misses a session. The session is added before its record is written, and removed only after
 * its record is gone.
 *
 * `user` is a hash of 43 letters of `[A-Za-z0-9_-]`. `id` is the session's key, as `get` takes it.
 */
export interface UserIndex<Data extends object = Record<string, unknown>> {
  /**
   * Adds a session to the user's index. Adding it again keeps one entry, with the later `until`.
   *
   * @param until when the entry expires, epoch milliseconds. The store may remove it one minute later, since
   * clocks differ. The session ends with its entry.
   */
  add(user: string, id: string, until: number, options: CallOptions): unknown;

  /** Removes sessions from the user's index. Ignores those that are not in it. */
  remove(user: string, ids: readonly string[], options: CallOptions): unknown;

  /** Returns all entries of the user, with their records. Does not slide the idle timeout of any session. */
  list(user: string, options: CallOptions): Promise<IndexedSession<Data>[]>;
}

/** An entry of a user's index, with its record. */
export interface IndexedSession<Data extends object = Record<string, unknown>> {
  /** The session's key. */
  readonly id: string;
  /** The record. `null` if it has not been written yet, or is gone. */
  readonly record: SessionRecord<Data> | null;
  /** Whether there is a record that this process cannot read. Another process may be able to. */
  readonly unreadable?: boolean | undefined;
  /**
   * How long the record lives if it is not used, in milliseconds. Only for a store with `expiry: 'store'`, and only
   * if it knows.
   */
  readonly leftMs?: number | undefined;
}

/** Returns whether an object has the three methods of a store. */
export function isStore(store: object): store is Store<object> {
  return ['get', 'set', 'destroy'].every((method) => typeof Reflect.get(store, method) === 'function');
}

/** Returns the store's name or, without one, the name of its class, which a bundler may have shortened. */
export function storeName(store: Store<object>): string {
  const { name } = store;
  return typeof name === 'string' && name !== '' ? name : store.constructor?.name || 'store';
}
