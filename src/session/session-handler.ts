import type { Jsonified, Storable } from '../lib/jsonified.js';
import type { RefreshOptions } from './refresh-options.js';

/** What is known of a session beside its data. Times are epoch milliseconds. */
export interface SessionInfo {
  /** When the session was created. For a record of 1.x or express-session: when it was first seen here. */
  readonly createdAt: number;
  /** When the session was last used. At most `touchAfter` seconds behind. */
  readonly lastSeenAt: number;
  /** When the session ends if nobody uses it again. */
  readonly expiresAt: number;
  /**
   * When the session last got a new ID, as at its sign-in; `null` if it never did. So it tells how long ago somebody proved who they
   * are, if only sign-ins call `regenerate()`.
   */
  readonly regeneratedAt: number | null;
  /** Whether this request created the session. */
  readonly isNew: boolean;
}

/** Makes the next data from the current, by changing it or by returning other data. Synchronous. */
// biome-ignore lint/suspicious/noConfusingVoidType: `(data) => push(data)` of a void function is fine here
export type Update<Data extends object> = (data: Partial<Jsonified<Data>>) => Partial<Storable<Data>> | void;

/** A lifetime for one session: its idle timeout, and the Max-Age of its cookie. */
export interface Lifetime {
  /**
   * - a number: a lifetime of its own, in seconds, above 0. With the `user` option, `absoluteTimeout` at most
   * - `null`: the lifetime of the options
   * - `'browser'`: the lifetime of the options, and a cookie without Max-Age, which ends with the browser
   *
   * @default as it was. With the `user` option, a session that passes from its user to another or to none falls back to
   * the lifetime of the options
   */
  maxAge?: number | 'browser' | null | undefined;
}

/** The type of a key's value, as it comes back. A missing value is `null`, never `undefined`. */
export type Value<Data extends object, K extends keyof Data> = Jsonified<Exclude<Data[K], undefined>>;

/** The methods of a session. AppSession documents them. */
export interface SessionHandler<Data extends object = Record<string, unknown>> {
  get<K extends keyof Data & string>(key: K): Promise<Value<Data, K> | null>;
  all(): Promise<Partial<Jsonified<Data>>>;
  has(key: keyof Data & string): Promise<boolean>;
  set<K extends keyof Data & string>(key: K, value: Storable<Data[K]>): Promise<void>;
  setAll(data: Storable<Data>): Promise<void>;
  update(fn: Update<Data>): Promise<void>;
  destroy(): Promise<void>;
  destroy(key: keyof Data & string): Promise<void>;
  take<K extends keyof Data & string>(key: K): Promise<Value<Data, K> | null>;
  regenerate(fn?: Update<Data>, lifetime?: Lifetime): Promise<void>;
  touch(lifetime?: Lifetime): Promise<void>;
  refresh<K extends keyof Data & string>(
    key: K,
    options: RefreshOptions<Value<Data, K>, Storable<Data[K]>>,
  ): Promise<Value<Data, K> | null>;
  reload(): Promise<void>;
  info(): Promise<SessionInfo | null>;
  id(): Promise<string | null>;
}
