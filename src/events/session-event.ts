export const STORE_OPERATIONS = ['get', 'set', 'destroy', 'touch', 'list', 'index', 'unindex'] as const;

/**
 * What is asked of a store; of the sessions of a user it is asked to `list` them, to note one (`index`), and to forget
 * some that are gone (`unindex`).
 */
export type StoreOperation = (typeof STORE_OPERATIONS)[number];

/**
 * How a store call ended:
 * - `hit`, `miss`, `expired`: what `get` found
 * - `conflict`: `set` or `destroy` found that another request was faster, and changed nothing
 * - `ok`: any other that succeeded
 * - `error`: it failed, or gave no answer within `storeTimeout`
 */
export type StoreOutcome = 'ok' | 'hit' | 'miss' | 'expired' | 'conflict' | 'error';

/**
 * Why a session is no more: `destroy()` ended it, a timeout did, it was revoked among the sessions of its user, or a
 * request found it ended under it.
 */
export type EndReason = 'signed_out' | 'expired' | 'revoked' | 'gone';

/** A call of the store, as it ended. */
export interface StoreCallEvent {
  readonly type: 'store_call';
  readonly operation: StoreOperation;
  /** The store's name. */
  readonly store: string;
  readonly outcome: StoreOutcome;
  /** Of outcome `error` only: a code from a closed list, else `_OTHER`. */
  readonly errorType?: string;
  readonly durationMs: number;
}

/** What became of a session. */
export type LifeEvent =
  /** A write made a session. */
  | { readonly type: 'created' }
  /** It has a new ID. */
  | { readonly type: 'regenerated' }
  /** It is no more. */
  | { readonly type: 'destroyed'; readonly reason: EndReason }
  /** A request came with a session that a timeout had ended, while its record was still there. */
  | { readonly type: 'expired' }
  /** A request came with a cookie that is forged or malformed. */
  | { readonly type: 'cookie_rejected' }
  /** Another request wrote the session first; the write is tried again on top of that. */
  | { readonly type: 'conflict' };

/**
 * What happens to sessions. No event holds a session ID or data; `sessionHash` is there where the option
 * `sessionHash` is on and the event is about one session.
 */
export type SessionEvent = (StoreCallEvent | LifeEvent) & { readonly sessionHash?: string };
