import type { Session } from '../record/record.js';
import type { LiveSession } from '../repository/session-ref.js';
import { refuseIfBegun, type Scope } from '../scope/scope.js';
import { CookieOffer } from './cookie-offer.js';
import type { SentCookie, SessionCookie } from './session-cookie.js';

/** How many session cookies count. Each may cost a read. */
const MAX_CANDIDATES = 4;

/** The session cookies of one request: the session IDs that they prove, and what the response sends. */
export class RequestCookie {
  /** The session IDs that the cookies prove, in the order in which they count. */
  readonly ids: readonly string[];
  /** Whether a cookie is forged or malformed. */
  readonly isRejected: boolean;
  readonly #cookie: SessionCookie;
  /** For each ID, whether all its cookies have a former name or are signed with a secret that is being rotated out. */
  readonly #outdated = new Map<string, boolean>();
  /** The cookies that the browser has, valid or not. */
  #present: readonly Pick<SentCookie, 'name'>[];

  /** @param sent all cookies that have one of the session's names: those of its first name come first. */
  constructor(cookie: SessionCookie, sent: readonly SentCookie[]) {
    let isRejected = false;
    for (const candidate of candidates(sent)) {
      const proven = cookie.prove(candidate);
      if (proven) this.#outdated.set(proven.id, proven.outdated && this.#outdated.get(proven.id) !== false);
      else isRejected = true;
    }
    this.ids = [...this.#outdated.keys()];
    this.isRejected = isRejected;
    this.#cookie = cookie;
    this.#present = sent;
  }

  /** Returns whether a write that makes `next` of the session with this ID sends the cookie again. */
  isDue(id: string, session: Session, next: Session, now: number): boolean {
    return this.#outdated.get(id) === true || this.#cookie.isDue(session, next, now);
  }

  /** Sends the cookie. Makes the browser drop those of former names, which it replaces. */
  send(scope: Scope, live: LiveSession, now: number): void {
    this.#cookie.send(scope, live, now);
    for (const name of this.#names()) if (name !== this.#cookie.name) this.#cookie.expire(scope, name);
    this.#present = [this.#cookie];
    this.#outdated.set(live.id, false);
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

  /** Makes the browser drop its cookies, if it has any. */
  expire(scope: Scope): void {
    for (const name of this.#names()) this.#cookie.expire(scope, name);
  }

  #names(): ReadonlySet<string> {
    return new Set(this.#present.map(({ name }) => name));
  }
}

/** Returns the cookies that count: none is empty, and no two have the same value. */
function candidates(sent: readonly SentCookie[]): readonly SentCookie[] {
  return sent
    .filter(({ value }, at) => value !== '' && at === sent.findIndex((other) => other.value === value))
    .slice(0, MAX_CANDIDATES);
}
