import type { SessionEventListener } from '../events/session-event.js';
import type { Jsonified } from '../lib/jsonified.js';
import type { GenerateId } from '../record/session-id.js';
import type { UserIds } from '../record/user-key.js';
import type { Store } from '../store-contract/store.js';
import type { CookieOptions } from './cookie-options.js';

/**
 * Options of `nextAppSession`. All times are in seconds. A bad value throws `ERR_SESSION_OPTIONS` at once, and so does an option
 * that does not exist. One that is `undefined` counts as left out; only `secret` and `encryptionKey` must not be.
 *
 * `Data` is the session's data. `Listed` is the part of it that `session.user(…).list()` shows.
 */
export interface Options<Data extends object = object, Listed extends object = Record<string, unknown>> {
  /**
   * The cookie's name. OWASP ASVS 5.0 (3.3.1, 3.3.3) asks for `__Host-` or `__Secure-` in production; the rules of both are
   * checked (RFC 6265bis). Choose it before the first deployment: a new name signs everybody out, unless it is put first
   * in an array.
   *
   * In an array of three names at most, the first is set, and the others are former names: a visitor with a cookie of one stays
   * signed in. The next write or `touch()` that can set a cookie replaces it.
   * @example name: ['__Host-sid', 'sid']
   * @default 'sid'
   */
  name?: string | readonly string[] | undefined;

  /**
   * Signs the session ID in the cookie (HMAC-SHA256). An array rotates secrets: the first signs, all verify.
   * A secret that is given but undefined or empty throws: usually an environment variable is missing. While `next build` runs, it
   * throws only where it is used.
   * @default none: the ID is not signed
   */
  secret?: string | readonly (string | undefined)[] | undefined;

  /**
   * The store that keeps the sessions, or a function that makes it at first use.
   * @default a MemoryStore, for development and tests: its sessions end with the process
   */
  store?: Store<object> | (() => Store<object> | Promise<Store<object>>) | undefined;

  /**
   * Returns a new session ID, or a promise of one: 1 to 256 letters of `[A-Za-z0-9._~:-]` without `..`.
   * Nobody must be able to guess it, so give it at least 128 random bits (OWASP and NIST ask for 64).
   * @default nanoid: 22 characters with 132 random bits
   */
  genid?: GenerateId | undefined;

  /** Attributes of the cookie. @default HttpOnly, `SameSite=Lax`, `Path=/`; Secure in production */
  cookie?: CookieOptions | undefined;

  /** How long an unused session lives, in seconds. @default `cookie.maxAge`, else 86400 (one day) */
  idleTimeout?: number | undefined;

  /**
   * How long a session lives in total, counted from its creation, in seconds.
   * @default none. With `user`: the largest of 30 days (NIST 800-63B, AAL1), `cookie.maxAge`, `idleTimeout`
   */
  absoluteTimeout?: number | undefined;

  /**
   * How old the idle timeout may get, in seconds. After that, a read slides it, which costs one more store call. The
   * cookie is not sent again sooner either; it is due after a tenth of its Max-Age. A boolean means the default,
   * because 1.x took one and ignored it.
   * @default 60
   */
  touchAfter?: number | boolean | undefined;

  /**
   * Returns the ID of the user that a session belongs to, or nothing while nobody is signed in. With this
   * option, the store keeps an index of each user's sessions, for `session.user(…)`. The function runs at
   * each read and write, and must not change the data. MemoryStore, RedisStore and SqlStore have such an index; other
   * stores need `atomic` and `users`.
   *
   * It may return an array of eight IDs at most, the user's own first. Each of them lists and ends the session. What is nothing
   * among them is left out. Each costs the store calls of one user.
   * @example user: (data) => data.userId
   * @example user: (data) => [data.userId, data.sid && `sid:${data.sid}`]
   * @default none
   */
  user?: ((data: Partial<Jsonified<Data>>) => UserIds) | undefined;

  /**
   * Returns the part of a session's data that `session.user(…).list()` shows. The user may see all of it.
   * @example listed: (data) => ({ device: data.device })
   * @default nothing
   */
  listed?: ((data: Partial<Jsonified<Data>>) => Listed) | undefined;

  /**
   * How many sessions a user may have at a time: a whole number of at least 1, or a function of the data of the session that signs
   * in, which returns one, or nothing for no limit (OWASP ASVS 5.0, 7.1.2). Needs `user`, and counts by its first ID. It is asked
   * when a session passes to a user: at a sign-in. A session that the user has already may get a new ID.
   * @example maxSessions: (data) => (data.plan === 'team' ? null : 3)
   * @default none
   */
  maxSessions?: number | ((data: Partial<Jsonified<Data>>) => number | null | undefined) | undefined;

  /**
   * What a sign-in beyond `maxSessions` does.
   * - `'end-oldest'`: it ends the sessions of the user that were not used for the longest time
   * - `'refuse'`: it throws `ERR_SESSION_LIMIT`, and changes nothing
   * @default 'end-oldest'
   */
  onSessionLimit?: 'end-oldest' | 'refuse' | undefined;

  /**
   * How long the old session ID stays readable after `regenerate()`, in seconds, 60 at most; 0 turns this
   * off. Requests under way with the old ID then read the data as it was before, and cannot write it. There
   * is no grace period if the same request wrote the session before `regenerate()`, or if a user changes or
   * signs out. It needs hashed IDs (`hashIds`) and a store that can compare and swap.
   * @default 5
   */
  regenerateGrace?: number | undefined;

  /**
   * How large a session may be, in bytes: its whole record as JSON, in UTF-8, before it is sealed; at least 1024. `null` for no limit. A write that
   * makes it larger throws `ERR_SESSION_DATA` and changes nothing. One that is larger already can be read, and be made
   * smaller. One of more than eight times the limit is no session: no store fetches it, and `onEvent` gets
   * `record_rejected`.
   * @default 1048576 (1 MiB)
   */
  maxBytes?: number | null | undefined;

  /** The deadline for all store calls of one operation, such as one `set()`, in seconds. @default 5 */
  storeTimeout?: number | undefined;

  /**
   * Whether the store sees `sha256(id)` instead of the session ID, so that a leaked store holds no usable
   * session. Turn it off to share records with express-session.
   * @default the store's own `hashIds`: true for MemoryStore, RedisStore and SqlStore, false for one without it
   */
  hashIds?: boolean | undefined;

  /**
   * Seals each record with AES-256-GCM, so that those who can read or write the store can neither read nor forge a session, nor
   * move it to another ID or another cookie name. They can delete it, put back an older version of it, and see when it ends and
   * which sessions have the same user. 32 characters or more, not the `secret`; an array rotates keys: the first seals, all
   * open, and a read writes what is sealed with another one again.
   *
   * Each record has a key by HKDF-SHA256 (RFC 5869). It needs hashed IDs (`hashIds`), and a store without `serializer`. Records
   * that are not sealed are no sessions: turning it on or off signs everybody out. A key that is given but undefined or empty
   * throws, as for `secret`.
   * @default none: records are not sealed
   */
  encryptionKey?: string | readonly (string | undefined)[] | undefined;

  /**
   * Gets an event for every store call and for every change in the life of a session, for example for an
   * audit log. It runs later, and no request waits for it. If it throws, the first error is logged.
   * OpenTelemetry needs no option.
   * @default none
   */
  onEvent?: SessionEventListener | undefined;

  /**
   * Whether spans and events carry a hash of the session ID, so that you can find all those of one session.
   * The hash is an HMAC with the first secret, so `secret` is needed. Metrics never carry it.
   * @default false
   */
  sessionHash?: boolean | undefined;
}
