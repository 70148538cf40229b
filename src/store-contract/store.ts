import { type Clock, systemClock } from '../lib/clock.js';

/** The cookie part of a record, as express-session writes it. */
export interface RecordCookie {
  /**
   * When the session expires: epoch milliseconds, or ISO 8601 text in records that express-session shares, or
   * a Date. `null` if another writer gave none, as express-session may.
   */
  expires?: string | number | Date | null;
  /**
   * The session's idle timeout in milliseconds, under express-session's name. Without it, the session follows
   * the options.
   */
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
  __session?: unknown;
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

/** Options of a call that reads records. */
export interface ReadOptions extends CallOptions {
  /**
   * The size above which a record is of no use to the session, in bytes of the stored value: eight times the `maxBytes`
   * option. A store that can read a part of a value fetches no more than that. `get` then throws, the other calls return
   * `unreadable`, with a `size` above it. A store that cannot do so may ignore it: the session checks what it gets.
   * @default no limit
   */
  readonly maxBytes?: number | undefined;
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
 *
 * A record that is there and cannot be read is another thing: `get` throws a `SessionError` with the code
 * `ERR_SESSION_DATA`, and the calls of the capabilities return `unreadable`. Its visitor has no session, and gets a new one
 * with the next write. Any other error makes the request fail.
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
    options?: ReadOptions,
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
   * - `'store'`: the store itself. It never returns a record whose time is over. `touch` moves that time, and the
   *   date in the record may be older.
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
   * version. Returns `null` if there is no record, or if it has expired, and `unreadable` for one that cannot be read.
   */
  load(id: string, options: ReadOptions): Promise<LoadedRecord<Data> | null>;

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

/** A record with its version. */
export interface LoadedRecord<Data extends object = Record<string, unknown>> {
  /** `null` if it is unreadable. */
  readonly record: SessionRecord<Data> | null;
  /** Any text if the record is unreadable. */
  readonly version: string;
  /** Whether there is a record that this process cannot read, or that is larger than `maxBytes`. */
  readonly unreadable?: boolean | undefined;
  /** The size of the stored value in bytes, at least where it is above `maxBytes`. Telemetry shows it. */
  readonly size?: number | undefined;
}

/**
 * The index of each user: it says which sessions are whose. A session is one entry, which stays the same when the
 * session gets a new ID. An entry holds keys: that of the session's record and, while the session moves to a new
 * ID, those of both.
 *
 * The index may have keys of records that are gone, but it never misses one: a key is added before its record is
 * written, and removed only after its record is gone. So what `revoke` returns is all that there is. The store itself may
 * remove an entry a minute after its end, and one that is not revoked and has had no record for a minute.
 *
 * `user` is a hash of 43 letters of `[A-Za-z0-9_-]`. The name of an entry has 1 to 64 of these letters. Keys are as
 * `get` takes them.
 */
export interface UserIndex<Data extends object = Record<string, unknown>> {
  /**
   * Adds a key to an entry of the user, in one atomic step. Adds the entry if it is not there, unless `from` is given.
   * A key that is there stays there, and the later `until` counts.
   *
   * @returns false, and changes nothing, if the entry is revoked, or if it does not hold the key `from`. So a session
   * that was revoked cannot move on to a new ID. With `key` itself as `from`, the call asks whether the key is still
   * there.
   */
  add(user: string, entry: NewEntry, options: CallOptions): Promise<boolean>;
  /** Removes keys from entries of the user, and entries that hold no more keys. Ignores what is not there. */
  remove(user: string, keys: readonly EntryKey[], options: CallOptions): unknown;
  /**
   * Returns a page of the user's entries, those with the latest `until` first. Leaves revoked ones out. Does not slide
   * the idle timeout of any session.
   */
  list(user: string, page: IndexPage, options: ReadOptions): Promise<IndexedSessions<Data>>;
  /**
   * Revokes the chosen entries of the user, in one atomic step, and returns them: from now on `add` refuses them. They
   * stay until `remove` removes their keys. Those of them that an earlier call revoked and nobody removed are returned
   * again, and first.
   *
   * @returns `limit` entries at most. Fewer mean that there are no more.
   */
  revoke(user: string, choice: RevokeChoice, options: ReadOptions): Promise<readonly IndexedSession<Data>[]>;
}

/** A key of an entry. */
export interface EntryKey {
  /** The name of the entry. */
  readonly entry: string;
  /** The session's key. */
  readonly key: string;
}

/** A key that is to be added to an entry. */
export interface NewEntry extends EntryKey {
  /**
   * When the entry ends, epoch milliseconds. The store keeps it for one minute more, since clocks differ. The session
   * ends with its entry.
   */
  readonly until: number;
  /** A key that the entry has to hold. */
  readonly from?: string | undefined;
}

/** Which part of a user's entries to list. */
export interface IndexPage {
  /** How many entries at most. */
  readonly limit: number;
  /** Where the page before ended, as `list` returned it. */
  readonly cursor?: string | undefined;
}

/** Which entries to revoke: those named in `only`, or else all but those in `except`. */
export interface RevokeChoice {
  readonly limit: number;
  readonly only?: readonly string[] | undefined;
  readonly except?: readonly string[] | undefined;
}

/** A page of a user's entries. */
export interface IndexedSessions<Data extends object = Record<string, unknown>> {
  readonly entries: readonly IndexedSession<Data>[];
  /** Where the next page begins; `null` after the last one. */
  readonly cursor: string | null;
}

/** An entry of a user's index, with the records of its keys. */
export interface IndexedSession<Data extends object = Record<string, unknown>> {
  /** The name of the entry. */
  readonly entry: string;
  readonly records: readonly IndexedRecord<Data>[];
  /** Whether a key was added within the last minute: its record may still be on its way. */
  readonly isRecent: boolean;
}

/** A key of an entry, with its record. */
export interface IndexedRecord<Data extends object = Record<string, unknown>> {
  /** The session's key. */
  readonly key: string;
  /** The record. `null` if it has not been written yet, is gone, or is unreadable. */
  readonly record: SessionRecord<Data> | null;
  /**
   * Whether there is a record that this process cannot read, or that is larger than `maxBytes`. Another process may be able
   * to.
   */
  readonly unreadable?: boolean | undefined;
  /** The size of the stored value in bytes, if the store knows. */
  readonly size?: number | undefined;
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
