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

/**
 * Where sessions are kept. This is the contract of 1.x and of express-session's stores (through
 * `promisifyStore`), so a store of three methods is complete.
 *
 * A missing record is not an error: `get` gives `null` (or `undefined`), `destroy` and `touch` do nothing. A store
 * throws only when the system behind it fails. What `get` returns is checked before it is used.
 */
export interface Store<Data extends object = Record<string, unknown>> {
  /** What spans, metrics and errors call the store; a fixed word, never anything of a request. @default its class */
  readonly name?: string;

  /** The record, or `null` when there is none (or it has expired, where the store knows). */
  get(id: string): SessionRecord<Data> | null | undefined | Promise<SessionRecord<Data> | null | undefined>;

  /**
   * Writes the record, replacing what was there. `record.cookie.expires` says until when it is needed; one that
   * has already passed removes the record.
   */
  set(id: string, record: SessionRecord<Data>): unknown;

  /** Removes the record. */
  destroy(id: string): unknown;

  /** Moves the expiry of a record that exists to `record.cookie.expires`, leaving its data as it is. */
  touch?(id: string, record: SessionRecord<Data>): unknown;

  /**
   * Whether `touch` alone keeps a session alive, since the store's own expiry is moved by it and `get` never
   * returns an expired record. Where this is not set, a record's own dates decide and `set` moves them.
   * @default false
   */
  readonly trustExpiry?: boolean;

  /** What the `hashIds` option is for this store when it is left out. @default false */
  readonly hashIds?: boolean;

  /** Which sessions are whose, of an AtomicStore that can note that: it is what the `user` option needs. */
  readonly users?: UserIndex<Data>;
}

/**
 * Which sessions are whose. It may name sessions that are gone, and never misses one: a session is noted before its
 * record is written, and forgotten only when its record is gone.
 *
 * `user` is a hash, of 43 letters of `[A-Za-z0-9_-]`; `id` is what `get` takes.
 */
export interface UserIndex<Data extends object = Record<string, unknown>> {
  /**
   * Notes that a session is the user's; noted again, it is noted once, until the later of both.
   *
   * @param until epoch milliseconds. A session that lives longer is noted again before, so after that the entry may be
   * forgotten, with a minute more for clocks that differ.
   */
  add(user: string, id: string, until: number): unknown;

  /** Forgets sessions. Those that are not noted are none. */
  remove(user: string, ids: readonly string[]): unknown;

  /** All that are noted, with their records. Starts no idle timeout anew. */
  list(user: string): Promise<IndexedSession<Data>[]>;
}

export interface IndexedSession<Data extends object = Record<string, unknown>> {
  readonly id: string;
  /** `null` when there is none: not yet, or no more. */
  readonly record: SessionRecord<Data> | null;
  /** There is a record, which this server cannot read; others may. */
  readonly unreadable?: boolean | undefined;
  /** How long the record lives on unused, in milliseconds, where the store itself decides over that. */
  readonly leftMs?: number | undefined;
}

/**
 * A store that can compare and swap, so that no update is lost and no destroyed session comes back, however
 * many processes write at once.
 */
export interface AtomicStore<Data extends object = Record<string, unknown>> extends Store<Data> {
  /** `get`, with a version of the whole stored value: any change by anyone gives another version. */
  load(id: string, options: LoadOptions): Promise<Versioned<Data> | null>;

  /**
   * Writes the record if what is stored still has the version `expected`; `null` expects that there is none. As
   * with `set`, an expiry that has passed removes the record. Atomic.
   *
   * @returns the new version, or `null` when what is stored is not as expected (then nothing has changed).
   */
  swap(id: string, expected: string | null, record: SessionRecord<Data>): Promise<string | null>;
}

export interface LoadOptions {
  /** The idle timeout in milliseconds, for a store that starts it anew while reading. */
  readonly idleMs: number;
}

export interface Versioned<Data extends object = Record<string, unknown>> {
  readonly record: SessionRecord<Data>;
  readonly version: string;
  /** This read started the record's idle timeout anew: over that the store then decides, not the record's date. */
  readonly slid?: boolean;
  /** How large the stored value is, in bytes, for telemetry. */
  readonly size?: number;
}

export function isStore(store: object): store is Store<object> {
  return ['get', 'set', 'destroy'].every((method) => typeof Reflect.get(store, method) === 'function');
}

/** A bundler may have shortened the name of a class: give a store a `name`. */
export function storeName(store: Store<object>): string {
  const { name } = store;
  return typeof name === 'string' && name !== '' ? name : store.constructor?.name || 'store';
}

export function isAtomic(store: Store<object>): store is AtomicStore<object> {
  return 'load' in store && typeof store.load === 'function' && 'swap' in store;
}
