import type { Session } from '../record/record.js';
import type { LiveSession } from '../repository/session-ref.js';
import { refuseIfBegun, type Scope } from '../scope/scope.js';
import { CookieOffer } from './cookie-offer.js';
import type { SessionCookie } from './session-cookie.js';

/** How many cookies of the session's name count. Each may cost a read. */
const MAX_CANDIDATES = 4;

/** The session cookies of one request: the session IDs that they prove, and what the response sends. */
export class RequestCookie {
  /** The session IDs that the cookies prove, in the order in which they count. */
  readonly ids: readonly string[];
  /** Whether a cookie is forged or malformed. */
  readonly isRejected: boolean;
  readonly #cookie: SessionCookie;
  /** The IDs whose cookies are signed with a secret that is being rotated out. */
  readonly #outdated: Set<string>;
  /** Whether the browser has a cookie of this name, valid or not. */
  #isPresent: boolean;

  /** @param values of all cookies that have the session's name. */
  constructor(cookie: SessionCookie, values: readonly string[]) {
    const candidates = [...new Set(values)].filter((value) => value !== '').slice(0, MAX_CANDIDATES);
    const proven = candidates.flatMap((value) => cookie.prove(value) ?? []);
    const isCurrent = (id: string) => proven.some((one) => one.id === id && !one.outdated);
    this.ids = [...new Set(proven.map(({ id }) => id))];
    this.isRejected = proven.length < candidates.length;
    this.#cookie = cookie;
    this.#outdated = new Set(this.ids.filter((id) => !isCurrent(id)));
    this.#isPresent = values.length > 0;
  }

  /** Returns whether a write that makes `next` of the session with this ID sends the cookie again. */
  isDue(id: string, session: Session, next: Session, now: number): boolean {
    return this.#outdated.has(id) || this.#cookie.isDue(session, next, now);
  }

  send(scope: Scope, live: LiveSession, now: number): void {
    this.#cookie.send(scope, live, now);
    this.#isPresent = true;
    this.#outdated.delete(live.id);
  }

  /**
   * Returns what sends the cookie of a new session. It throws ERR_SESSION_NO_RESPONSE if the response has begun.
   *
   * @throws ERR_SESSION_OPTIONS if no cookie can be signed: before anything is stored.
   */
  sender(scope: Scope, now: number): (live: LiveSession) => void {
    this.#cookie.requireSecrets();
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
