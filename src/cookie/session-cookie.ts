import { type CookieAttributes, expiredAttributes, sentAttributes } from '../options/cookie-attributes.js';
import type { ResolvedOptions } from '../options/options.js';
import { requireSecrets, type Secrets } from '../options/secrets.js';
import { type ExpiryPolicy, lifetimeMs } from '../record/expiry.js';
import type { Session } from '../record/record.js';
import type { LiveSession } from '../repository/session-ref.js';
import type { Scope } from '../scope/scope.js';
import { warnIfLost } from './lost-cookie.js';
import { type ProvenId, proveId, signId } from './signature.js';

/** A session cookie that the browser sent. */
export interface SentCookie {
  readonly name: string;
  readonly value: string;
}

/** The cookie that ties the browser to a session. It turns a cookie value into a session ID, and back. */
export class SessionCookie {
  readonly name: string;
  readonly #secrets: Secrets;
  readonly #attributes: CookieAttributes;
  readonly #expiry: ExpiryPolicy;

  constructor({ name, secrets, cookie, expiry }: ResolvedOptions) {
    this.name = name;
    this.#secrets = secrets;
    this.#attributes = cookie;
    this.#expiry = expiry;
  }

  /** Returns the session ID that a cookie proves, or null. One of a former name is outdated. */
  prove({ name, value }: SentCookie): ProvenId | null {
    const proven = proveId(value, this.#secrets);
    return proven && name !== this.name ? { ...proven, outdated: true } : proven;
  }

  /**
   * Returns whether to send the cookie again: the record does not say when it was sent, its lifetime changes, or a tenth of its
   * Max-Age has passed. Sent more often, a late answer could replace a newer cookie. A cookie that ends with the browser does
   * not age.
   */
  isDue({ cookieSentAt, maxAge: before }: Session, next: Session, now: number): boolean {
    if (cookieSentAt === null || next.maxAge !== before) return true;
    const maxAge = next.maxAge ?? this.#attributes.maxAge;
    if (typeof maxAge !== 'number') return false;
    // The Max-Age that was sent did not pass the end of the session.
    const sentMs = Math.min(maxAge * 1000, lifetimeMs(next, this.#expiry));
    const dueMs = Math.min(Math.max(this.#expiry.touchAfterMs, sentMs / 10), sentMs / 2);
    // A date in the future is of a server whose clock is ahead.
    return Math.abs(now - cookieSentAt) >= dueMs;
  }

  /** @throws ERR_SESSION_OPTIONS if no cookie can be signed. */
  requireSecrets(): void {
    requireSecrets(this.#secrets);
  }

  send(scope: Scope, live: LiveSession, now: number): void {
    const { value, attributes } = this.#sent(live, now);
    scope.setCookie(this.name, value, attributes);
    void warnIfLost(scope, attributes);
  }

  /** Sends the cookie if the response begins before `send`, or the function that this returns, is called. */
  offer(scope: Scope, live: LiveSession, now: number): (() => void) | undefined {
    const { value, attributes } = this.#sent(live, now);
    return scope.offerCookie?.(this.name, value, attributes);
  }

  /** Makes the browser drop the cookie of a name: that of the domain, and that of the host alone. */
  expire(scope: Scope, name: string): void {
    const { domain, ...hostOnly } = expiredAttributes(name, this.#attributes);
    scope.setCookie(name, '', { ...hostOnly, ...(domain && { domain }) });
    // The browser may have one from before `domain` was set. Next sends one cookie of each name, so this name ends with a space,
    // which browsers trim (RFC 6265, 5.2).
    if (domain) scope.setCookie(`${name} `, '', hostOnly);
  }

  #sent({ id, session }: LiveSession, now: number): { value: string; attributes: CookieAttributes } {
    const endsInMs = (session.expiresAt ?? now) - now;
    const attributes = sentAttributes(this.#attributes, session.maxAge, endsInMs);
    return { value: signId(id, this.#secrets), attributes };
  }
}
