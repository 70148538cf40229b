import { proveId, signId } from '../../src/cookie/signature.js';
import { jsonData } from '../../src/lib/json.js';
import type { ResolvedOptions } from '../../src/options/options.js';
import { slide } from '../../src/record/expiry.js';
import { indexedUnder } from '../../src/record/indexed-key.js';
import { readRecord } from '../../src/record/read-record.js';
import { BLANK, type Session } from '../../src/record/record.js';
import { hashSessionId } from '../../src/record/session-id.js';
import { entryOf } from '../../src/repository/index-entry.js';
import { toRecord } from '../../src/repository/to-record.js';
import type { InspectableStore } from './inspectable-store.js';

/** Sessions as an app keeps them, by ID, past the app: as a test puts them there and finds them. */
export class SessionBackdoor {
  readonly options: ResolvedOptions;
  readonly #store: InspectableStore;
  readonly #now: () => number;

  constructor(options: ResolvedOptions, store: InspectableStore, now: () => number = Date.now) {
    this.options = options;
    this.#store = store;
    this.#now = now;
  }

  /** The session ID that a cookie's value proves, or null. */
  idIn(cookie: string | undefined): string | null {
    return cookie === undefined ? null : (proveId(cookie, this.options.secrets)?.id ?? null);
  }

  /** The cookie's value for a session ID. */
  cookieOf(id: string): string {
    return signId(id, this.options.secrets);
  }

  /** The session of an ID, or null when there is none that lives. What moved on to another ID is none. */
  async find(id: string): Promise<Session | null> {
    const key = this.keyOf(id);
    const state = readRecord(await this.#store.peek(key), {
      key,
      policy: this.options.expiry,
      now: this.#now(),
      keeper: this.#store.expiry,
    });
    return state.is === 'live' ? state.session : null;
  }

  /** A session that was just used; data that is no JSON throws at once. */
  renew(data: object, known: Partial<Session> = {}): Session {
    const now = this.#now();
    const used = { ...BLANK, cookieSentAt: now, ...known, data: jsonData(data) };
    const session = slide(used, this.options.expiry, now);
    return { ...session, ...entryOf(session, this.options, now) };
  }

  write(id: string, session: Session): Promise<void> {
    const key = this.keyOf(id);
    return this.#store.write(key, toRecord(indexedUnder(session, key), this.options));
  }

  /** Lets a session time out. */
  async expire(id: string): Promise<void> {
    const session = await this.find(id);
    if (session) await this.write(id, { ...session, expiresAt: this.#now() });
  }

  remove(id: string): Promise<void> {
    return this.#store.remove(this.keyOf(id));
  }

  /** What the store knows a session by. */
  keyOf(id: string): string {
    return (this.options.hashIds ?? this.#store.hashIds) ? hashSessionId(id) : id;
  }
}
