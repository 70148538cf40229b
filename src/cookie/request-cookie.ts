import type { Session } from '../record/record.js';
import type { LiveSession } from '../repository/session-ref.js';
import type { Scope } from '../scope/scope.js';
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

  /** Makes the browser drop its cookie, if it has one. */
  expire(scope: Scope): void {
    if (this.#isPresent) this.#cookie.expire(scope);
  }
}
