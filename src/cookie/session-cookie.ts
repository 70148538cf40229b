import { type CookieAttributes, expiredAttributes, sentAttributes } from '../options/cookie-attributes.js';
import type { ResolvedOptions } from '../options/options.js';
import type { Session } from '../record/record.js';
import type { LiveSession } from '../repository/session-ref.js';
import type { Scope } from '../scope/scope.js';
import { type ProvenId, proveId, signId } from './signature.js';

/** The cookie that ties the browser to a session. It turns a cookie value into a session ID, and back. */
export class SessionCookie {
  readonly name: string;
  readonly #secrets: readonly string[];
  readonly #attributes: CookieAttributes;
  readonly #touchAfterMs: number;

  constructor({ name, secrets, cookie, expiry }: ResolvedOptions) {
    this.name = name;
    this.#secrets = secrets;
    this.#attributes = cookie;
    this.#touchAfterMs = expiry.touchAfterMs;
  }

  /** Returns the session ID that a cookie value proves, or null. */
  prove(value: string): ProvenId | null {
    return proveId(value, this.#secrets);
  }

  /**
   * Returns whether a write should send the cookie again: the browser's Max-Age is old, or it is not known to have this one. A
   * cookie that ends with the browser does not age.
   */
  isStale({ maxAge: own, cookieSentAt }: Session, now: number): boolean {
    if (cookieSentAt === null) return true;
    const maxAge = own ?? this.#attributes.maxAge;
    if (maxAge === undefined || maxAge === 'browser') return false;
    return now - cookieSentAt >= Math.min(this.#touchAfterMs, (maxAge * 1000) / 2);
  }

  send(scope: Scope, live: LiveSession, now: number): void {
    scope.setCookie(...this.#sent(live, now));
  }

  /** Sends the cookie if the response begins before `send`, or the function that this returns, is called. */
  offer(scope: Scope, live: LiveSession, now: number): (() => void) | undefined {
    return scope.offerCookie?.(...this.#sent(live, now));
  }

  expire(scope: Scope): void {
    scope.setCookie(this.name, '', expiredAttributes(this.#attributes));
  }

  #sent({ id, session }: LiveSession, now: number): [string, string, CookieAttributes] {
    const endsInMs = (session.expiresAt ?? now) - now;
    const attributes = sentAttributes(this.#attributes, session.maxAge, endsInMs);
    return [this.name, signId(id, this.#secrets), attributes];
  }
}
