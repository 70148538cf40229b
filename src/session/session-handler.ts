/** What is known about a session beside its data. Times are epoch milliseconds. */
export interface SessionInfo {
  /** When the session was created; for a record of 1.x or express-session, when it was first seen here. */
  readonly createdAt: number;
  /** When the store last recorded that the session was used; at most `touchAfter` behind. */
  readonly lastSeenAt: number;
  /** When the session ends if it is not used any more. */
  readonly expiresAt: number;
  /** Whether this request created it. */
  readonly isNew: boolean;
}

/** Makes the next data of the current: by changing it in place, or by returning it. Synchronous. */
// biome-ignore lint/suspicious/noConfusingVoidType: `(data) => push(data)` of a void function is fine here
export type Update<Data extends object> = (data: Partial<Data>) => Partial<Data> | void;

/** A lifetime for one session: of its idle timeout and of its cookie's Max-Age. */
export interface Lifetime {
  /** In seconds. */
  maxAge?: number | undefined;
}

/** The type of a key's value. One that is not there is `null`, never `undefined`. */
export type Value<Data extends object, K extends keyof Data> = Exclude<Data[K], undefined>;

/** The methods of a session. */
export interface SessionHandler<Data extends object = Record<string, unknown>> {
  get<K extends keyof Data & string>(key: K): Promise<Value<Data, K> | null>;
  all(): Promise<Partial<Data>>;
  has(key: keyof Data & string): Promise<boolean>;
  set<K extends keyof Data & string>(key: K, value: Data[K]): Promise<void>;
  setAll(data: Data): Promise<void>;
  update(fn: Update<Data>): Promise<void>;
  destroy(): Promise<void>;
  destroy(key: keyof Data & string): Promise<void>;
  regenerate(fn?: Update<Data>, lifetime?: Lifetime): Promise<void>;
  touch(lifetime?: Lifetime): Promise<void>;
  reload(): Promise<void>;
  info(): Promise<SessionInfo | null>;
  id(): Promise<string | null>;
}
