import type { LiveSession } from '../repository/session-ref.js';
import { refuseIfBegun, type Scope } from '../scope/scope.js';
import type { SessionCookie } from './session-cookie.js';

/**
 * The new cookie of a session that moves to a new ID. A response that begins during the move has it: without it, the visitor
 * would be signed out when the move is done.
 */
export class CookieOffer {
  readonly #cookie: SessionCookie;
  readonly #scope: Scope;
  readonly #now: number;
  #withdraw: (() => void) | undefined;

  constructor(cookie: SessionCookie, scope: Scope, now: number) {
    this.#cookie = cookie;
    this.#scope = scope;
    this.#now = now;
  }

  /**
   * Offers the cookie in place of an earlier one: the move is tried again if another request was faster.
   *
   * @throws ERR_SESSION_NO_RESPONSE if the response has begun.
   */
  readonly make = (successor: LiveSession): void => {
    this.withdraw();
    refuseIfBegun(this.#scope);
    this.#withdraw = this.#cookie.offer(this.#scope, successor, this.#now);
  };

  /** Takes the cookie back, unless it was set meanwhile. */
  withdraw(): void {
    this.#withdraw?.();
    this.#withdraw = undefined;
  }
}
