import { type Clock, systemClock } from '../lib/clock.js';

/** The cookie part of a record, as express-session writes it. */
export interface RecordCookie {
  /** When the session expires, ISO 8601. `null` where another writer left it open (express-session does). */
  expires?: string | Date | null;
  /** The session's idle lifetime in milliseconds, as express-session names it. */
  originalMaxAge?: number | null;
  httpOnly?: boolean;
  path?: string;
  domain?: string;
  secure?: boolean;
  sameSite?: 'lax' | 'strict' | 'none' | boolean;
}

/**
 * What a store holds for one session: the session's data and, beside it, `cookie` and `__session` (this library's
 * own dates). It is plain JSON: `JSON.stringify` and `JSON.parse` keep all of it.
 */
export type SessionRecord<Data extends object = Record<string, unknown>> = Data & {
  cookie?: RecordCookie;
  __session?: object;
};

/** What a session tells the store at each call, as the last argument. A store may ignore it. */
export interface CallOptions {
  /** The time that the session goes by, epoch milliseconds. */
  readonly now: number;
  /**
   * Where that time is from. A store that has a clock of its own, such as a database, decides by its own, and by `now`
   * only where a test has set the time (`test`).
   */
  readonly clock: 'system' | 'test';
}

/** Returns what a call is told that goes by this clock. */
export function callOptions({ now, source }: Clock = systemClock): CallOptions {
  return { now: now(), clock: source };
}

/**
 * Where sessions are kept. Three methods make a complete store: it is the contract of 1.x, and of express-session's
 * stores (through `promisifyStore`). What else a store can do it says by its capabilities: `atomic`, `users`, `expiry`
 * and `touch`. `testStore` of `next-app-session/testing` asks for all that is said here.
 *
 * IDs are 1 to 256 letters of `[A-Za-z0-9._~:-]` without `..`: the session ID, or its hash (`hashIds`), which has 43.
 * Two IDs that differ, if only in the case of a letter, are two records.
 *
 * A missing record is not an error: `get` returns `null` or `undefined`, `destroy` and `touch` do nothing. A store
 * throws only when the system behind it fails. What it returns is checked before it is used.
 */
export interface Store<Data extends object = Record<string, unknown>> {
  /** What spans, metrics and errors call the store; a fixed word, never anything of a request. @default its class */
  readonly name?: string;

  /**
   * Returns the record, or `null` when there is none. One whose `cookie.expires` has passed may still be returned: the
   * session then decides (`expiry`).
   */
  get(
    id: string,
    options?: CallOptions,
  ): SessionRecord<Data> | null | undefined | Promise<SessionRecord<Data> | null | undefined>;

  /**
   * Writes the record in place of what was there.
   *
   * `record.cookie.expires` says until when it is needed. A date that has passed removes the record. A record without a
   * date is kept for `cookie.originalMaxAge` milliseconds, or for as long as the store keeps anything, a day at least.
   */
  set(id: string, record: SessionRecord<Data>, options?: CallOptions): unknown;

  /** Removes the record. */
  destroy(id: string, options?: CallOptions): unknown;

  /**
   * Moves the end of a record to `record.cookie.expires`, and leaves its data as it is. Does nothing without a record:
   * above all it creates none.
   */
  touch?(id: string, record: SessionRecord<Data>, options?: CallOptions): unknown;

  /**
   * Who ends a session that is not used.
   * - `record`: the date in its record. The session checks it at each read, and moves it by writing the record.
   * - `store`: the store itself. It returns no record whose time is over, `touch` (or `load`) moves that time, and the
   *   date in the record may be older.
   * @default 'record'
   */
  readonly expiry?: 'record' | 'store';

  /** What the `hashIds` option is for this store when it is left out. @default false */
  readonly hashIds?: boolean;

  /** Compare and swap, for a store that is able to: then no update is lost. */
  readonly atomic?: CompareAndSwap<Data>;

  /** Which sessions are whose, for a store that is `atomic` too. The `user` option needs it. */
  readonly users?: UserIndex<Data>;
}

/**
 * Reads with a version, and writes that happen only if the version is still the same: so that no update is lost and no
 * destroyed session comes back, however many processes write at once.
 */
export interface CompareAndSwap<Data extends object = Record<string, unknown>> {
  /**
   * Returns what `get` returns, with a version of the whole stored value: any change by anyone makes another version.
   * A record that has expired is none.
   */
  load(id: string, options: LoadOptions): Promise<LoadedRecord<Data> | null>;

  /**
   * Writes the record if what is stored has the version `expected`; `null` expects that nothing is stored. Atomic.
   *
   * As with `set`, a date that has passed makes it a removal: of the version `expected`, and of nothing else. Where
   * nothing is stored, as `null` expects, there is nothing to remove, and that succeeds.
   *
   * @returns the new version, any text for a removal; `null` when something else is stored, and nothing has changed.
   */
  swap(
    id: string,
    expected: string | null,
    record: SessionRecord<Data>,
    options: CallOptions,
  ): Promise<string | null>;
}

export interface LoadOptions extends CallOptions {
  /**
   * The idle timeout in milliseconds. Given to a store with `expiry: 'store'` alone, which may start it again with this
   * read, and then says so by `leftMs`.
   */
  readonly slideMs?: number;
}

export interface LoadedRecord<Data extends object = Record<string, unknown>> {
  readonly record: SessionRecord<Data>;
  readonly version: string;
  /**
   * How long the record lives from now on if it is not used, in milliseconds; where the store decides over that
   * (`expiry: 'store'`) and knows.
   */
  readonly leftMs?: number | undefined;
  /** How large the stored value is, in bytes, for telemetry. */
  readonly size?: number | undefined;
}

/**
 * Which sessions are whose. It may name sessions that are gone, and never misses one: a session is added before its
 * record is written, and removed only when its record is gone.
 *
 * `user` is a hash, of 43 letters of `[A-Za-z0-9_-]`; `id` is what `get` takes.
 */
export interface UserIndex<Data extends object = Record<string, unknown>> {
  /**
   * Adds a session to the user's index. Adding it again keeps one entry, with the later `until`.
   *
   * @param until epoch milliseconds. After that, and a minute more for clocks that differ, the entry may be dropped: a
   * session that lives longer is added again before.
   */
  add(user: string, id: string, until: number, options: CallOptions): unknown;

  /** Removes sessions from the user's index. Those that are not in it are ignored. */
  remove(user: string, ids: readonly string[], options: CallOptions): unknown;

  /** Returns all entries of the user, with their records. Does not count as use of any session. */
  list(user: string, options: CallOptions): Promise<IndexedSession<Data>[]>;
}

export interface IndexedSession<Data extends object = Record<string, unknown>> {
  readonly id: string;
  /** `null` when there is none: not yet, or not any more. */
  readonly record: SessionRecord<Data> | null;
  /** There is a record that this server cannot read; others may. */
  readonly unreadable?: boolean | undefined;
  /** As in a LoadedRecord. */
  readonly leftMs?: number | undefined;
}

/** Returns whether an object has the three methods of a store. */
export function isStore(store: object): store is Store<object> {
  return ['get', 'set', 'destroy'].every((method) => typeof Reflect.get(store, method) === 'function');
}

/** Returns the store's name, or that of its class. A bundler may have shortened the latter: give a store a `name`. */
export function storeName(store: Store<object>): string {
  const { name } = store;
  return typeof name === 'string' && name !== '' ? name : store.constructor?.name || 'store';
}
