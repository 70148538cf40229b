import type { SessionEventListener } from '../events/session-event.js';
import { type ExpiryPolicy, USER_LIFETIME_MS } from '../record/expiry.js';
import type { RecordSeal } from '../record/record-seal.js';
import { type GenerateId, generateId } from '../record/session-id.js';
import type { UserIds } from '../record/user-key.js';
import type { Store } from '../store-contract/store.js';
import { userIndexOf } from '../store-contract/user-index-of.js';
import { checkOptions } from './check.js';
import { type CookieAttributes, cookieAttributes } from './cookie-attributes.js';
import { cookieNames } from './cookie-names.js';
import { resolveSeal } from './encryption.js';
import { invalidOption } from './invalid-option.js';
import { OPTIONS } from './option-table.js';
import { resolveSecrets, type Secrets } from './secrets.js';
import { type SessionLimitOptions, sessionLimit } from './session-limit-options.js';
import type { Options } from './session-options.js';

export type { Options } from './session-options.js';

/** The options, checked and with their defaults. Times of the `…Ms` fields are in milliseconds. */
export interface ResolvedOptions {
  /** The cookie's name: the one that is set. */
  readonly name: string;
  /** All names that are read, `name` first. Sessions that were made under any of them count. */
  readonly names: readonly string[];
  readonly secrets: Secrets;
  readonly encryptionKeys: Secrets;
  /** What seals records; null if they are not sealed. */
  readonly seal: RecordSeal | null;
  readonly store: Store<object> | (() => Store<object> | Promise<Store<object>>) | undefined;
  readonly genid: GenerateId;
  readonly cookie: CookieAttributes;
  readonly expiry: ExpiryPolicy;
  readonly storeTimeoutMs: number;
  readonly hashIds: boolean | undefined;
  readonly onEvent: SessionEventListener | undefined;
  readonly sessionHash: boolean;
  readonly user: ((data: object) => UserIds) | undefined;
  readonly listed: (data: object) => object;
  readonly sessionLimit: SessionLimitOptions | null;
  readonly graceMs: number;
  /** Bytes; null for no limit. */
  readonly maxBytes: number | null;
}

const DAY = 86_400;
const MIB = 2 ** 20;
/** The longest timer that Node can set, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Returns the options with their defaults. Throws ERR_SESSION_OPTIONS for a bad value or an unknown option. */
export function resolveOptions<Data extends object, Listed extends object>(
  options: Options<Data, Listed>,
): ResolvedOptions {
  checkOptions(OPTIONS, options);
  const { store, genid = generateId, cookie = {}, maxBytes = MIB, sessionHash = false } = options;
  const secrets = resolveSecrets(options, 'secret');
  const encryptionKeys = resolveSecrets(options, 'encryptionKey');
  if (sessionHash && !('secret' in options))
    throw invalidOption('sessionHash', 'it needs the secret option too');
  if (options.user && typeof store === 'object') userIndexOf(store);
  const names = cookieNames(options.name ?? 'sid');
  const [name] = names;
  const attributes = cookieAttributes(name, cookie);
  return {
    name,
    names,
    secrets,
    encryptionKeys,
    seal: resolveSeal(options, names, encryptionKeys, secrets),
    store,
    genid,
    cookie: attributes,
    expiry: resolveExpiry(options, attributes),
    storeTimeoutMs: Math.min(timeoutMs(options.storeTimeout ?? 5), MAX_TIMER_MS),
    hashIds: options.hashIds,
    onEvent: options.onEvent,
    sessionHash,
    user: options.user as ResolvedOptions['user'],
    listed: (options.listed ?? (() => ({}))) as ResolvedOptions['listed'],
    sessionLimit: sessionLimit(options),
    graceMs: toMs(options.regenerateGrace ?? 5),
    maxBytes,
  };
}

function resolveExpiry<D extends object, L extends object>(
  { idleTimeout, absoluteTimeout, touchAfter, user }: Options<D, L>,
  { maxAge = DAY }: CookieAttributes,
): ExpiryPolicy {
  const cookieMs = toMs(maxAge);
  const idleMs = idleTimeout === undefined ? cookieMs : timeoutMs(idleTimeout);
  // Without an end, a session could outlive its entry in the index, and its user could not revoke it.
  const defaultMs = user ? Math.max(USER_LIFETIME_MS, cookieMs, idleMs) : null;
  return {
    idleMs,
    absoluteMs: absoluteTimeout === undefined ? defaultMs : timeoutMs(absoluteTimeout),
    touchAfterMs: toMs(typeof touchAfter === 'number' ? touchAfter : 60),
  };
}

function timeoutMs(seconds: number): number {
  return Math.max(1, toMs(seconds));
}

/** Returns whole milliseconds, because Redis takes no fractions. */
function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}
