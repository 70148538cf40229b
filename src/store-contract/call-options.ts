import { type Clock, systemClock } from '../lib/clock.js';

/** The last argument of every call of a store. A store may ignore it. */
export interface CallOptions {
  /** The current time of the session, epoch milliseconds. */
  readonly now: number;
  /**
   * Where `now` comes from. A store with its own clock, for example a database, uses that clock. It uses
   * `now` only if a test has set the time (`'test'`).
   */
  readonly clock: 'system' | 'test';
  /**
   * How long the session waits for the answer, in milliseconds. A store that tries again by itself, as after a deadlock, stops then.
   * @default the store decides
   */
  readonly timeoutMs?: number | undefined;
}

/** Returns the options of a call that uses this clock. */
export function callOptions({ now, source }: Clock = systemClock): CallOptions {
  return { now: now(), clock: source };
}

/** Options of a call that reads records. */
export interface ReadOptions extends CallOptions {
  /**
   * The size above which the session does not use a record, in bytes of the stored value: eight times the `maxBytes`
   * option. A store that can read a part of a value fetches no more than that. `get` then throws, the other calls return
   * `unreadable`, with a `size` above it. A store that cannot do so may ignore it: the session checks what it gets.
   * @default no limit
   */
  readonly maxBytes?: number | undefined;
  /**
   * Whether `load` may return what the store read a moment ago, from a near cache. A request says so once, when it reads its session for the first
   * time: it keeps what it reads anyway. @default false
   */
  readonly near?: boolean | undefined;
}
