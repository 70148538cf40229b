import type { Session } from '../record/record.js';
import type { LiveSession } from '../repository/session-ref.js';
import { refuseIfBegun, type Scope } from '../scope/scope.js';
import { CookieOffer } from './cookie-offer.js';
import type { SessionCookie } from './session-cookie.js';

/** The session cookie of one request: the session ID that it proves, and what the response sends. */
export class RequestCookie {
  /** The session ID that the cookie proves, or null. */
  readonly id: string | null;
  readonly #cookie: SessionCookie;
  /** Whether the browser has a cookie of this name, valid or not. */
  #isPresent: boolean;
  /** Whether the cookie is signed with a secret that is being rotated out. */
  #isOutdated: boolean;

  constructor(cookie: SessionCookie, value: string | undefined) {
    const proven = value === undefined ? null : cookie.prove(value);
    this.id = proven?.id ?? null;
    this.#cookie = cookie;
    this.#isPresent = value !== undefined;
    this.#isOutdated = proven?.outdated ?? false;
  }

  /** Returns whether a write should send the cookie again. */
  isStale(session: Session, now: number): boolean {
    return this.#isOutdated || this.#cookie.isStale(session, now);
  }

  send(scope: Scope, live: LiveSession, now: number): void {
    this.#cookie.send(scope, live, now);
    this.#isPresent = true;
    this.#isOutdated = false;
  }

  /** Returns what sends the cookie of a new session. It throws ERR_SESSION_NO_RESPONSE if the response has begun. */
  sender(scope: Scope, now: number): (live: LiveSession) => void {
    return (live) => {
      refuseIfBegun(scope);
      this.send(scope, live, now);
    };
  }

  /** Returns the new cookie for a session that is about to move. */
  offer(scope: Scope, now: number): CookieOffer {
    return new CookieOffer(this.#cookie, scope, now);
  }

  /** Makes the browser drop its cookie, if it has one. */
  expire(scope: Scope): void {
    if (this.#isPresent) this.#cookie.expire(scope);
  }
}
