import type { SessionError } from '../lib/errors.js';
import type { MaybePromise } from '../lib/maybe-promise.js';
import type { CookieAttributes } from '../options/cookie-attributes.js';

/**
 * What may be written where the session is used:
 * - `full`: records, and the cookie;
 * - `live-only`: a session that the browser already has the cookie of (`reason` is why not a new one);
 * - `none`: nothing (`reason` is why).
 */
export type WriteAccess =
  | { readonly kind: 'full' }
  | { readonly kind: 'live-only' | 'none'; readonly reason: SessionError };

/** Where a call takes place, known before Next has told all of it: the scope can be looked up, or opened. */
export interface ScopeRef {
  /** The same object for each call in one phase of a request. */
  readonly key: object;
  open(): MaybePromise<Scope>;
}

/** One phase of a request as the session sees it: where its cookie comes from, and goes to. */
export interface Scope {
  /** The same object for all phases of this request: a Server Action and the render after it, a handler and its `after()`. */
  request(): MaybePromise<object>;
  readCookie(name: string): string | undefined;
  writeAccess(): MaybePromise<WriteAccess>;
  setCookie(name: string, value: string, attributes: CookieAttributes): void;
}

export const FULL_ACCESS: WriteAccess = { kind: 'full' };
