import type { SessionError } from '../lib/errors.js';
import type { MaybePromise } from '../lib/maybe-promise.js';
import type { CookieAttributes } from '../options/cookie-attributes.js';
import type { RequestAddress } from './request-address.js';

/**
 * What a phase of a request may write:
 * - `full`: records and the cookie
 * - `live-only`: a session whose cookie the browser already has. `reason` says why it cannot create one.
 * - `none`: nothing. `reason` says why.
 */
export type WriteAccess =
  | { readonly kind: 'full' }
  | { readonly kind: 'live-only' | 'none'; readonly reason: SessionError };

/**
 * A reference to a scope. Opening the scope may have to wait for Next. One that has a `key` and is open already can be looked up
 * by that.
 */
export interface ScopeRef {
  /** The same object for each call in one phase of a request, if there is one. */
  readonly key?: object;
  /** Returns the scope. */
  open(): MaybePromise<Scope>;
}

/** One phase of a request, as the session sees it: where its cookies are read and set. */
export interface Scope {
  /** The same object in all phases of a request: in a Server Action, and in the render after it. */
  readonly request: object;
  /** Returns the values of all cookies of this name, in the order in which they count. */
  readCookies(name: string): readonly string[];
  writeAccess(): MaybePromise<WriteAccess>;
  /** Returns why no cookie can be set any more: the response has begun. Returns null while one can be set. */
  begun(): SessionError | null;
  /** Sets the cookie. Does nothing if the response has begun. */
  setCookie(name: string, value: string, attributes: CookieAttributes): void;
  /**
   * Sends the cookie if the response begins before `setCookie`, or the function that this returns, is called. Returns undefined where
   * the response is not known.
   */
  offerCookie?(name: string, value: string, attributes: CookieAttributes): (() => void) | undefined;
  /** Waits until a render is for a navigation. In a prefetch, which Next leaves unfinished, this never ends. */
  untilNavigation?(): MaybePromise<void>;
  /** Returns how the browser sent the request, as far as that is known. */
  address(): MaybePromise<RequestAddress>;
}

export const FULL_ACCESS: WriteAccess = { kind: 'full' };

/** Returns the access. Throws if nothing may be written. */
export function requireAccess(access: WriteAccess): WriteAccess {
  if (access.kind === 'none') throw access.reason;
  return access;
}

/** Throws if the response has begun, as it may have during a write that nobody awaits. */
export function refuseIfBegun(scope: Scope): void {
  const reason = scope.begun();
  if (reason) throw reason;
}
