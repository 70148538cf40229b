export const STORE_OPERATIONS = ['get', 'set', 'destroy', 'touch', 'list', 'index', 'unindex'] as const;

/**
 * A kind of store call. Three of them use the index of a user: `list` lists the user's sessions, `index` adds
 * one, and `unindex` removes some.
 */
export type StoreOperation = (typeof STORE_OPERATIONS)[number];

/**
 * How a store call ended:
 * - `hit`, `miss`, `expired`: what `get` found
 * - `conflict`: `set` or `destroy` changed nothing, because another request was faster
 * - `ok`: any other call that succeeded
 * - `error`: the call failed, or did not answer within `storeTimeout`
 */
export type StoreOutcome = 'ok' | 'hit' | 'miss' | 'expired' | 'conflict' | 'error';

/**
 * Why a session ended:
 * - `signed_out`: `destroy()` ended it
 * - `expired`: a timeout ended it
 * - `revoked`: `session.user(…)` ended it
 * - `gone`: a request found that its session had ended while it was under way
 */
export type EndReason = 'signed_out' | 'expired' | 'revoked' | 'gone';

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
  /** A request came with a forged or malformed cookie. */
  | { readonly type: 'cookie_rejected' }
  /** Another request wrote the session first. The write is tried again on the new data. */
  | { readonly type: 'conflict' };

/**
 * What the `onEvent` option gets: the end of a store call, or a change in the life of a session. No event
 * holds a session ID or session data. `sessionHash` is set if the option of that name is on and the event is
 * about one session.
 */
export type SessionEvent = (StoreCallEvent | LifeEvent) & { readonly sessionHash?: string };

/** The type of the `onEvent` option. */
export type SessionEventListener = (event: SessionEvent) => unknown;
