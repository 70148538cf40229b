import { sentAttributes } from '../../src/options/cookie-attributes.js';
import type { ResolvedOptions } from '../../src/options/options.js';
import { requireSecrets } from '../../src/options/secrets.js';
import type { Session } from '../../src/record/record.js';
import { newSessionId } from '../../src/record/session-id.js';
import type { InspectableStore } from '../store/inspectable-store.js';
import { SessionBackdoor } from '../store/session-backdoor.js';
import type { BackendCookie, BackendRun } from './session-backend.js';

const SAME_SITE = { lax: 'Lax', strict: 'Strict', none: 'None' } as const;

/** The sessions of one test, in the store that the app uses. */
export class StoreRun implements BackendRun {
  readonly cookieNames: readonly string[];
  readonly headers = {};
  protected readonly store: InspectableStore;
  readonly #sessions: SessionBackdoor;
  /** The keys of sessions that outlive the test. */
  readonly #kept = new Set<string>();

  constructor(options: ResolvedOptions, store: InspectableStore) {
    this.cookieNames = options.names;
    this.store = store;
    this.#sessions = new SessionBackdoor(options, store);
  }

  async write(cookie: string | null, data: object, createdAt: number | null): Promise<BackendCookie | null> {
    const known = cookie === null ? null : this.#sessions.idIn(cookie);
    const live = known === null ? null : await this.#sessions.find(known);
    const renewed = this.#sessions.renew(data, { ...live, ...(createdAt !== null && { createdAt }) });
    const session = this.written(renewed, live);
    // As in the app, the ID of a session that has ended is not used again.
    const id = live && known !== null ? known : await newSessionId(this.#sessions.options.genid);
    await this.#sessions.write(id, session);
    return live ? null : this.#cookieOf(id, session);
  }

  async read(cookie: string): Promise<object | null> {
    return (await this.live(cookie))?.data ?? null;
  }

  async id(cookie: string): Promise<string | null> {
    return (await this.live(cookie)) ? this.#sessions.idIn(cookie) : null;
  }

  async expire(cookie: string): Promise<void> {
    const id = this.#sessions.idIn(cookie);
    if (id !== null) await this.#sessions.expire(id);
  }

  async revoke(cookie: string): Promise<void> {
    const id = this.#sessions.idIn(cookie);
    if (id !== null) await this.#sessions.delete(id);
  }

  async keep(cookie: string): Promise<void> {
    const id = this.#sessions.idIn(cookie);
    if (id !== null) this.#kept.add(this.#sessions.keyOf(id));
  }

  async end(cookies: readonly string[]): Promise<void> {
    const ids = cookies.flatMap((cookie) => this.#sessions.idIn(cookie) ?? []);
    const keys = new Set([...this.store.keys, ...ids.map((id) => this.#sessions.keyOf(id))]);
    for (const key of keys) if (!this.#kept.has(key)) await this.store.delete(key);
  }

  protected async live(cookie: string): Promise<Session | null> {
    const id = this.#sessions.idIn(cookie);
    return id === null ? null : this.#sessions.find(id);
  }

  /** Returns whether the store has a record of a session, whatever it is. */
  protected async isStored(cookie: string): Promise<boolean> {
    const id = this.#sessions.idIn(cookie);
    return id !== null && (await this.store.peek(this.#sessions.keyOf(id))) !== null;
  }

  /** Returns whether a secret of the test signed a cookie value. Without a secret, no value shows that. */
  protected proves(cookie: string | undefined): boolean {
    return requireSecrets(this.#sessions.options.secrets).length > 0 && this.#sessions.idIn(cookie) !== null;
  }

  /** Returns a session as the test leaves it in the store, in place of a live one or of none. */
  protected written(session: Session, _before: Session | null): Session {
    return session;
  }

  #cookieOf(id: string, session: Session): BackendCookie {
    const now = Date.now();
    const endsInMs = (session.expiresAt ?? now) - now;
    const { options } = this.#sessions;
    const attributes = sentAttributes(options.cookie, session.maxAge, endsInMs);
    const { domain, path, httpOnly, secure, sameSite, partitioned, maxAge, expires } = attributes;
    const ends = maxAge === undefined ? expires?.getTime() : now + maxAge * 1000;
    return {
      name: options.name,
      value: encodeURIComponent(this.#sessions.cookieOf(id)),
      ...(domain !== undefined && { domain }),
      path,
      expires: ends === undefined ? -1 : Math.floor(ends / 1000),
      httpOnly,
      secure,
      ...(sameSite && { sameSite: SAME_SITE[sameSite] }),
      ...(partitioned && { partitioned }),
    };
  }
}
