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
  #offeredId: string | undefined;

  constructor(cookie: SessionCookie, scope: Scope, now: number) {
    this.#cookie = cookie;
    this.#scope = scope;
    this.#now = now;
  }

  /**
   * Offers the cookie. If another request was faster, the move is tried again, under the same ID: the response may have begun, and
   * have the cookie.
   *
   * @throws ERR_SESSION_NO_RESPONSE if the response has begun without it.
   */
  readonly make = (successor: LiveSession): void => {
    if (successor.id === this.#offeredId && this.#scope.begun()) return;
    this.#offeredId = successor.id;
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
