import type { SessionEventListener } from '../events/event-hook.js';
import { type ExpiryPolicy, MAX_LIFETIME_S } from '../record/expiry.js';
import { type GenerateId, generateId } from '../record/session-id.js';
import type { UserId } from '../record/user-key.js';
import { isStore, type Store } from '../store-contract/store.js';
import { userIndexOf } from '../store-contract/user-index.js';
import { type CookieAttributes, type CookieOptions, cookieAttributes } from './cookie-attributes.js';
import { invalidOption } from './invalid-option.js';

/**
 * Options of `nextAppSession`. All times are in seconds. A bad value throws `ERR_SESSION_OPTIONS` at once.
 *
 * `Data` is what a session holds; `Listed` what `session.user(…).list()` shows of it.
 */
export interface Options<Data extends object = object, Listed extends object = Record<string, unknown>> {
  /** The cookie's name; `__Host-` and `__Secure-` prefixes are checked by their rules. @default 'sid' */
  name?: string | undefined;

  /**
   * What signs the session ID in the cookie (HMAC-SHA256). Of several, the first signs and all verify, so a
   * secret can be rotated. Left out, the ID is not signed; given but undefined or empty throws, since that is a
   * missing environment variable.
   */
  secret?: string | readonly string[];

  /**
   * Where sessions are kept, or a function that makes the store at first use.
   * @default a MemoryStore, for development and tests: sessions end with the process
   */
  store?: Store<object> | (() => Store<object> | Promise<Store<object>>) | undefined;

  /**
   * Makes a session ID: 1 to 256 letters of `[A-Za-z0-9._~:-]` without `..`, unguessable (OWASP: 64 random bits at
   * the very least). @default nanoid of 22 characters, 132 random bits
   */
  genid?: GenerateId | undefined;

  /** Attributes of the cookie. */
  cookie?: CookieOptions | undefined;

  /** How long a session lives unused, in seconds. @default `cookie.maxAge`, else 86400 (one day) */
  idleTimeout?: number | undefined;

  /** How long a session lives at all, counted from its creation, in seconds. @default none */
  absoluteTimeout?: number | undefined;

  /**
   * How stale the idle timer (and the cookie's Max-Age) may get, in seconds, before a read slides the timer by a
   * store call of its own, or a write sends the cookie again. A boolean, which 1.x took and ignored, means the
   * default. @default 60
   */
  touchAfter?: number | boolean | undefined;

  /**
   * Whose session it is, by its data: keeps an index of each user's sessions, for `session.user(…)`. Asked at each
   * read and write, it gives the user's ID, or nothing while nobody is signed in, and changes nothing. The store has to
   * be able to: MemoryStore and RedisStore are.
   * @example user: (data) => data.userId
   * @default none
   */
  user?: ((data: Partial<Data>) => UserId) | undefined;

  /**
   * What `session.user(…).list()` shows of a session's data. It is meant for the eyes of its user.
   * @example listed: (data) => ({ device: data.device })
   * @default nothing
   */
  listed?: ((data: Partial<Data>) => Listed) | undefined;

  /**
   * How long requests that are under way with the old ID still see the session as it was before `regenerate`, in
   * seconds (60 at the most); 0 for not at all. They can only read. On stores that compare and swap, where IDs are hashed.
   * @default 5
   */
  regenerateGrace?: number | undefined;

  /** The deadline of a session call's work in the store, in seconds. @default 5 */
  storeTimeout?: number | undefined;

  /**
   * Whether the store sees `sha256(id)` instead of the ID, so that a leaked store holds no usable session. Turn
   * it off to share records with express-session.
   * @default what the store prefers: true for MemoryStore, false for wrapped and custom stores
   */
  hashIds?: boolean | undefined;

  /**
   * Is told what happens to sessions, and of every store call: for an audit log, or an alarm. It is called after
   * the fact and never awaited; what it throws is logged once. OpenTelemetry needs no option.
   */
  onEvent?: SessionEventListener | undefined;

  /**
   * Whether spans and events carry a hash of the session ID, so that all of one session can be found: an HMAC
   * with the (first) secret, which it needs. Metrics never carry it. @default false
   */
  sessionHash?: boolean | undefined;
}

export interface ResolvedOptions {
  readonly name: string;
  readonly secrets: readonly string[];
  readonly store: Store<object> | (() => Store<object> | Promise<Store<object>>) | undefined;
  readonly genid: GenerateId;
  readonly cookie: CookieAttributes;
  readonly expiry: ExpiryPolicy;
  readonly storeTimeoutMs: number;
  readonly hashIds: boolean | undefined;
  readonly onEvent: SessionEventListener | undefined;
  readonly sessionHash: boolean;
  readonly user: ((data: object) => UserId) | undefined;
  readonly listed: (data: object) => object;
  readonly graceMs: number;
}

const DAY = 86_400;
const MAX_GRACE = 60;
/** The longest timer that Node can set. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export function resolveOptions<Data extends object, Listed extends object>(
  options: Options<Data, Listed>,
): ResolvedOptions {
  const { name = 'sid', store, genid = generateId, cookie = {}, touchAfter, hashIds } = options;
  const { onEvent, sessionHash = false, regenerateGrace = 5 } = options;
  if (typeof name !== 'string') throw invalidOption('name', 'give a string');
  if (typeof genid !== 'function') throw invalidOption('genid', 'give a function that returns a session ID');
  for (const option of ['onEvent', 'user', 'listed'] as const) {
    if (options[option] !== undefined && typeof options[option] !== 'function') {
      throw invalidOption(option, 'give a function');
    }
  }
  const secrets = resolveSecrets(options);
  if (sessionHash && secrets.length === 0) {
    throw invalidOption('sessionHash', 'it is keyed with the secret, so give a secret too');
  }
  const attributes = cookieAttributes(name, cookie);
  return {
    name,
    secrets,
    store: checkStore(store, options.user !== undefined),
    genid,
    cookie: attributes,
    expiry: {
      idleMs:
        options.idleTimeout === undefined
          ? toMs(Math.min(attributes.maxAge ?? DAY, MAX_LIFETIME_S))
          : ms(options, 'idleTimeout'),
      absoluteMs: options.absoluteTimeout === undefined ? null : ms(options, 'absoluteTimeout'),
      touchAfterMs: toMs(seconds('touchAfter', typeof touchAfter === 'number' ? touchAfter : 60)),
    },
    storeTimeoutMs: Math.min(ms({ storeTimeout: options.storeTimeout ?? 5 }, 'storeTimeout'), MAX_TIMER_MS),
    hashIds,
    onEvent,
    sessionHash,
    user: options.user as ResolvedOptions['user'],
    listed: (options.listed ?? (() => ({}))) as ResolvedOptions['listed'],
    graceMs: toMs(resolveGrace(regenerateGrace)),
  };
}

function resolveSecrets(options: Pick<Options, 'secret'>): readonly string[] {
  if (!('secret' in options)) return [];
  const secrets: readonly unknown[] = Array.isArray(options.secret) ? options.secret : [options.secret];
  if (secrets.length > 0 && secrets.every((secret) => typeof secret === 'string' && secret !== '')) {
    return secrets as readonly string[];
  }
  throw invalidOption(
    'secret',
    'it is given but undefined or empty, often a missing environment variable. Set it to a long random string ' +
      '(such as the output of "openssl rand -base64 32"), or to an array of them',
  );
}

function checkStore(store: Options['store'], needsIndex: boolean): Options['store'] {
  if (store === undefined) return undefined;
  if (typeof store === 'function' && !/^class\b/.test(Function.prototype.toString.call(store))) return store;
  if (typeof store === 'object' && store !== null && isStore(store)) {
    if (needsIndex) userIndexOf(store);
    return store;
  }
  throw invalidOption(
    'store',
    'give an object with get, set and destroy, or a function that makes one. Wrap a store of express-session ' +
      'with promisifyStore()',
  );
}

function ms<K extends string>(options: { [P in K]?: number | undefined }, option: K): number {
  const value = seconds(option, options[option]);
  if (value === 0) throw invalidOption(option, 'give more than 0 seconds, or leave it out');
  return Math.max(1, toMs(value));
}

/** Whole milliseconds: Redis takes no others. */
function toMs(value: number): number {
  return Math.round(value * 1000);
}

function resolveGrace(value: unknown): number {
  const grace = seconds('regenerateGrace', value);
  if (grace <= MAX_GRACE) return grace;
  throw invalidOption(
    'regenerateGrace',
    `give ${MAX_GRACE} seconds at the most: an old session ID should die soon`,
  );
}

function seconds(option: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= MAX_LIFETIME_S) return value;
  throw invalidOption(option, `give a number of seconds, 0 or more, ${MAX_LIFETIME_S} at the most`);
}
