export const STORE_OPERATIONS = [
  'get',
  'set',
  'destroy',
  'touch',
  'list',
  'index',
  'unindex',
  'revoke',
] as const;

/**
 * A kind of store call. Four of them use the index of a user: `list` lists the user's sessions, `index` adds
 * one or asks for it, `revoke` marks some as revoked, and `unindex` removes some.
 */
export type StoreOperation = (typeof STORE_OPERATIONS)[number];

/**
 * How a store call ended:
 * - `hit`, `miss`, `expired`: what `get` found
 * - `rejected`: `get` found something that is no session of this app; see the event `record_rejected`
 * - `conflict`: `set` or `destroy` changed nothing, because another request was faster
 * - `ok`: any other call that succeeded
 * - `error`: the call failed, or did not answer within `storeTimeout`
 */
export type StoreOutcome = 'ok' | 'hit' | 'miss' | 'expired' | 'rejected' | 'conflict' | 'error';

/**
 * Why a session ended:
 * - `signed_out`: `destroy()` ended it
 * - `expired`: a timeout ended it
 * - `revoked`: `session.user(…)` ended it
 * - `limit`: its user signed in elsewhere, beyond `maxSessions`
 * - `gone`: a request found that its session had ended while it was under way
 */
export type EndReason = 'signed_out' | 'expired' | 'revoked' | 'limit' | 'gone';

/**
 * Why a stored record is no session:
 * - `unreadable`: it is no record
 * - `later_format`: a later version of this library wrote it; it is neither overwritten nor deleted
 * - `other_name`: the session was made under another cookie name
 * - `too_large`: it is far larger than `maxBytes`
 * - `sealed`: no `encryptionKey` of this set-up opens it. The key is missing here, or somebody changed, moved or planted the record
 * - `not_sealed`: it was written without the `encryptionKey` option, or somebody planted it
 */
export type RejectReason =
  | 'unreadable'
  | 'later_format'
  | 'other_name'
  | 'too_large'
  | 'sealed'
  | 'not_sealed';

/** Where `get` found a record, if not in the system behind the store: in the near cache of RedisStore. */
export type RecordSource = 'near_cache';

/** A store call that has ended. */
export interface StoreCallEvent {
  readonly type: 'store_call';
  readonly operation: StoreOperation;
  /** The store's `name`, or its class. */
  readonly store: string;
  readonly outcome: StoreOutcome;
  /** Only with the outcome `error`: a code from a closed list, or `_OTHER` (OpenTelemetry's `error.type`). */
  readonly errorType?: string;
  /** How long the call took, in milliseconds. */
  readonly durationMs: number;
  /** Only of `get`, where the record was not read from the system behind the store. */
  readonly source?: RecordSource;
}

/**
 * How a call of `refresh` ended that found a value which was not fresh:
 * - `renewed`: it renewed the value
 * - `taken_over`: it renewed the value, because the caller who had the lease died
 * - `waited`: another call renewed the value
 * - `failed`: it threw
 */
export type RefreshOutcome = 'renewed' | 'taken_over' | 'waited' | 'failed';

/** A call of `refresh` that found a value which was not fresh, and has ended. */
export interface RefreshEvent {
  readonly type: 'refresh';
  readonly outcome: RefreshOutcome;
  /** Only with the outcome `failed`: a code from a closed list, or `_OTHER` (OpenTelemetry's `error.type`). */
  readonly errorType?: string;
  /** How long the call took, in milliseconds. */
  readonly durationMs: number;
}

/** A change in the life of a session. */
export type LifeEvent =
  /** A write created the session. */
  | { readonly type: 'created' }
  /** The session got a new ID. */
  | { readonly type: 'regenerated' }
  /** The session ended. */
  | { readonly type: 'destroyed'; readonly reason: EndReason }
  /** A request came with the ID of an expired session whose record was still in the store. */
  | { readonly type: 'expired' }
  /** A request came with a forged or malformed cookie, or several. */
  | { readonly type: 'cookie_rejected' }
  /** A request came with the ID of something that is no session of this app. The visitor has no session. */
  | { readonly type: 'record_rejected'; readonly reason: RejectReason }
  /** Another request wrote the session first. The write is tried again on the new data. */
  | { readonly type: 'conflict' };

/**
 * What the `onEvent` option gets: the end of a store call or of a refresh, or a change in the life of a session. No event
 * holds a session ID or session data. `sessionHash` is set if the option of that name is on and the event is
 * about one session.
 */
export type SessionEvent = (StoreCallEvent | RefreshEvent | LifeEvent) & { readonly sessionHash?: string };

/** The type of the `onEvent` option. */
export type SessionEventListener = (event: SessionEvent) => unknown;
