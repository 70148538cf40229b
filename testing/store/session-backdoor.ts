import { proveId, signId } from '../../src/cookie/signature.js';
import { jsonData } from '../../src/lib/json-copy.js';
import type { ResolvedOptions } from '../../src/options/options.js';
import { slide } from '../../src/record/expiry.js';
import { newNonce } from '../../src/record/nonce.js';
import { readRecord } from '../../src/record/read-record.js';
import { BLANK, type Session } from '../../src/record/record.js';
import { hashSessionId } from '../../src/record/session-id.js';
import { entriesOf, underFirstName } from '../../src/repository/index-entry.js';
import { expiryKeeper, toRecord } from '../../src/repository/session-record.js';
import { announceUse } from '../../src/session-internals.js';
import type { InspectableStore } from './inspectable-store.js';

/** The sessions of an app, by ID. A test reads and writes them in the store, without the app. */
export class SessionBackdoor {
  readonly options: ResolvedOptions;
  readonly #store: InspectableStore;
  readonly #now: () => number;

  constructor(options: ResolvedOptions, store: InspectableStore, now: () => number = Date.now) {
    this.options = options;
    this.#store = store;
    this.#now = now;
    announceUse(store, options);
  }

  /** Returns the session ID of a cookie's value, or null if the signature does not hold. */
  idIn(cookie: string | undefined): string | null {
    return cookie === undefined ? null : (proveId(cookie, this.options.secrets)?.id ?? null);
  }

  /** Returns the cookie's value for a session ID. */
  cookieOf(id: string): string {
    return signId(id, this.options.secrets);
  }

  /** Returns the live session of an ID. Returns null if there is none, or only a grace copy. */
  async find(id: string): Promise<Session | null> {
    const key = this.keyOf(id);
    const { names, expiry: policy, maxBytes, seal } = this.options;
    const found = { record: await this.#store.peek(key) };
    const now = this.#now();
    const keeper = expiryKeeper(this.options, this.#store);
    const state = readRecord(found, { key, names, policy, now, keeper, maxBytes, seal });
    return state.is === 'live' ? state.session : null;
  }

  /** Makes a session that was used just now. Throws at once if the data is not JSON. */
  renew(data: object, known: Partial<Session> = {}): Session {
    const now = this.#now();
    const used = { ...BLANK, cookieSentAt: now, ...known, data: jsonData(data) };
    return slide(used, this.options.expiry, now);
  }

  write(id: string, session: Session): Promise<void> {
    const key = this.keyOf(id);
    const entries = entriesOf(underFirstName(session, this.options), this.options, key, this.#now());
    const written = { ...session, entries, nonce: newNonce() };
    return this.#store.write(key, toRecord(written, key, this.options, this.#store));
  }

  /** Lets a session time out now. */
  async expire(id: string): Promise<void> {
    const session = await this.find(id);
    if (session) await this.write(id, { ...session, expiresAt: this.#now() });
  }

  delete(id: string): Promise<void> {
    return this.#store.delete(this.keyOf(id));
  }

  /** Returns the key that the store knows a session by. */
  keyOf(id: string): string {
    return (this.options.hashIds ?? this.#store.hashIds) ? hashSessionId(id) : id;
  }
}
