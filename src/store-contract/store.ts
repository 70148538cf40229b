import type { RecordSource } from '../events/session-event.js';
import { hasMethod } from '../lib/has-method.js';
import type { CallOptions, ReadOptions } from './call-options.js';
import type { SessionRecord } from './session-record.js';
import type { UserIndex } from './user-index.js';

export { type CallOptions, callOptions, type ReadOptions } from './call-options.js';
export type { RecordCookie, SessionRecord } from './session-record.js';
export type {
  EntryKey,
  IndexedRecord,
  IndexedSession,
  IndexedSessions,
  IndexPage,
  NewEntry,
  RemoveOptions,
  RevokeChoice,
  UserIndex,
} from './user-index.js';

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
   * @default the name of the store's class, and `custom store` where a bundler has shortened that
   */
  readonly name?: string | undefined;

  /**
   * Returns the record, or `null` if it does not exist. It may return a record whose `cookie.expires` has passed:
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
  readonly expiry?: 'record' | 'store' | undefined;

  /** The default of the `hashIds` option for this store. @default false */
  readonly hashIds?: boolean | undefined;
  /** A form of records that the app has chosen instead of JSON. It excludes the `encryptionKey` option. */
  readonly serializer?: object | undefined;

  /** Compare and swap, so that no update is lost. Left out by a store that cannot do it. */
  readonly atomic?: CompareAndSwap<Data> | undefined;

  /** The index of each user, which the `user` option needs. It counts only if the store has `atomic` too. */
  readonly users?: UserIndex<Data> | undefined;
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
   * A store that returns no promise had the record at hand. That does not count as an answer of the system behind it.
   */
  load(id: string, options: ReadOptions): LoadedRecord<Data> | null | Promise<LoadedRecord<Data> | null>;

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
  /** Where the record was, if not in the system behind the store: in the memory of this process. Telemetry shows it. */
  readonly source?: RecordSource | undefined;
}

/** Returns whether an object has the three methods of a store. */
export function isStore(store: object): store is Store<object> {
  return ['get', 'set', 'destroy'].every((method) => hasMethod(store, method));
}

/** Shorter names of classes were made by a bundler: they say nothing. */
const SHORTEST_NAME = 4;

/** Returns the store's name or, without one, the name of its class. */
export function storeName(store: Store<object>): string {
  const { name } = store;
  return typeof name === 'string' && name !== '' ? name : classNameOf(store, 'custom store');
}

/** Returns the name of an object's class, or `otherwise` if it has none or a bundler has shortened it. */
export function classNameOf(value: object, otherwise: string): string {
  const name = value.constructor?.name ?? '';
  return name.length < SHORTEST_NAME || name === 'Object' ? otherwise : name;
}
