import { Deadline } from './deadline.js';
import { isAbsoluteExpired, isIdleExpired, lifetimeMs, slidByStore } from './expiry.js';
import type { ResolvedOptions } from './options.js';
import { formatRecord, parseRecord, type Session } from './record.js';
import { hashSessionId } from './session-id.js';
import { isAtomic, type SessionRecord, type Store } from './store.js';
import type { StoreCalls, StoreOperation } from './store-calls.js';

/** A session that the store holds. */
export interface LiveSession {
  readonly id: string;
  readonly session: Session;
  /** What compare-and-swap compares; null where the store cannot. */
  readonly version: string | null;
  /** The store started the idle timeout anew as it read the record. */
  readonly slid?: boolean;
}

/** A session about which nothing is known yet. */
export const BLANK: Session = {
  data: {},
  createdAt: null,
  lastSeenAt: null,
  expiresAt: null,
  cookieSentAt: null,
  maxAge: null,
};

/** One session's place in the store, during one operation: records in and out, by the operation's deadline. */
export class StoredSession {
  readonly id: string;
  /** What the store knows the session by. */
  readonly key: string;
  readonly deadline: Deadline;
  readonly #options: ResolvedOptions;
  readonly #calls: StoreCalls;
  readonly #store: Store<object>;

  private constructor(
    options: ResolvedOptions,
    calls: StoreCalls,
    store: Store<object>,
    id: string,
    deadline: Deadline,
  ) {
    const hashed = options.hashIds ?? store.hashIds ?? false;
    this.id = id;
    this.key = hashed ? hashSessionId(id) : id;
    this.deadline = deadline;
    this.#options = options;
    this.#calls = calls;
    this.#store = store;
  }

  static async open(
    options: ResolvedOptions,
    calls: StoreCalls,
    id: string,
    deadline = new Deadline(options.storeTimeoutMs),
  ): Promise<StoredSession> {
    return new StoredSession(options, calls, await calls.store(deadline), id, deadline);
  }

  /** Whether a write can tell that the record changed since it was read. */
  get isAtomic(): boolean {
    return isAtomic(this.#store);
  }

  /** Whether `touch` does what `write` would: the store's own expiry decides. */
  get hasOwnExpiry(): boolean {
    return this.#store.trustExpiry === true && this.#store.touch !== undefined;
  }

  /** The session, if its record is there, readable and not expired. */
  async read(): Promise<LiveSession | null> {
    const { expiry } = this.#options;
    const found = await this.#load();
    const session = found && parseRecord(found.record);
    if (!session) return null;
    const now = Date.now();
    const { version, leftMs } = found;
    const slid = leftMs !== undefined && session.maxAge === null;
    const trusted = slid || this.#store.trustExpiry === true;
    if ((!trusted && isIdleExpired(session, now)) || isAbsoluteExpired(session, expiry, now)) {
      await this.discard();
      return null;
    }
    return {
      id: this.id,
      session: slid ? slidByStore(session, leftMs, expiry, now) : session,
      version,
      slid,
    };
  }

  /** Writes the record over the version `expected`, null for none; null when something else is there. */
  async write(expected: string | null, session: Session): Promise<LiveSession | null> {
    const { id, key } = this;
    const record = this.#format(session);
    const store = this.#store;
    if (!isAtomic(store)) {
      await this.#call('set', () => store.set(key, record));
      return { id, session, version: null };
    }
    const version = await this.#call('set', () => store.swap(key, expected, record));
    return version === null ? null : { id, session, version };
  }

  /** Tells the store that the session is in use. */
  async touch(live: LiveSession, session: Session): Promise<LiveSession> {
    await this.#call('touch', () => this.#store.touch?.(this.key, this.#format(session)));
    return { ...live, session };
  }

  /** Removes the record if it is still as `live` has it; whether it was. */
  async retire(live: LiveSession): Promise<boolean> {
    // A swapped-in record whose expiry has passed is a removal.
    if (this.isAtomic) return (await this.write(live.version, { ...BLANK, expiresAt: 0 })) !== null;
    await this.remove();
    return true;
  }

  async remove(): Promise<void> {
    await this.#call('destroy', () => this.#store.destroy(this.key));
  }

  /** Removes what nobody can use any more. A failure leaves a dead record behind, and nothing else. */
  async discard(): Promise<void> {
    await this.remove().catch(() => {});
  }

  async #load(): Promise<{ record: unknown; version: string | null; leftMs?: number } | null> {
    const store = this.#store;
    const { idleMs } = this.#options.expiry;
    if (isAtomic(store)) return this.#call('get', () => store.load(this.key, { idleMs }));
    return { record: await this.#call('get', () => store.get(this.key)), version: null };
  }

  #call<T>(operation: StoreOperation, run: () => T | PromiseLike<T>): Promise<T> {
    return this.#calls.call(operation, this.#store, this.key, this.deadline, run);
  }

  #format(session: Session): SessionRecord {
    const { httpOnly, path, secure, sameSite, domain } = this.#options.cookie;
    return formatRecord(session, lifetimeMs(session, this.#options.expiry), {
      httpOnly,
      path,
      secure,
      ...(sameSite && { sameSite }),
      ...(domain && { domain }),
    });
  }
}
