import type { Session } from '../record/record.js';
import type { LiveSession } from '../repository/session-ref.js';
import type { Scope } from '../scope/scope.js';
import type { SessionCookie } from './session-cookie.js';

/** The browser's session cookie, as one request knows it: what it proves, and what is sent in its place. */
export class RequestCookie {
  /** The ID that it proves; null when it proves none. */
  readonly id: string | null;
  readonly #cookie: SessionCookie;
  /** The browser has a cookie of this name, good or bad. */
  #isPresent: boolean;
  /** Its signature is by a secret that is being rotated out. */
  #isOutdated: boolean;

  constructor(cookie: SessionCookie, value: string | undefined) {
    const proven = value === undefined ? null : cookie.prove(value);
    this.id = proven?.id ?? null;
    this.#cookie = cookie;
    this.#isPresent = value !== undefined;
    this.#isOutdated = proven?.outdated ?? false;
  }

  /** Whether a write should send it anew. */
  isStale(session: Session, now: number): boolean {
    return this.#isOutdated || this.#cookie.isStale(session, now);
  }

  send(scope: Scope, live: LiveSession, now: number): void {
    this.#cookie.send(scope, live, now);
    this.#isPresent = true;
    this.#isOutdated = false;
  }

  /** Has the browser drop it, if there is one. */
  expire(scope: Scope): void {
    if (this.#isPresent) this.#cookie.expire(scope);
  }
}
