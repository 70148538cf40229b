import type { Deadline } from './deadline.js';
import { isAbsoluteExpired, isIdleExpired, lifetimeMs, slide } from './expiry.js';
import type { ResolvedOptions } from './options.js';
import { formatRecord, parseRecord, type Session } from './record.js';
import { recordTime } from './record-time.js';
import { hashSessionId } from './session-id.js';
import { isAtomic, type SessionRecord, type Versioned } from './store.js';
import type { OpenStore, StoreCall, StoreCalls } from './store-calls.js';
import type { StoreReport } from './store-observation.js';
import { currentTime } from './surroundings.js';

/** A session that the store holds. */
export interface LiveSession {
  readonly id: string;
  readonly session: Session;
  /** What compare-and-swap compares; null where the store cannot. */
  readonly version: string | null;
  /** The store started the idle timeout anew as it read the record. */
  readonly slid?: boolean;
}

/** What reading a record came to. */
interface Reading extends StoreReport {
  readonly live: LiveSession | null;
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
  readonly #open: OpenStore;

  constructor(options: ResolvedOptions, calls: StoreCalls, open: OpenStore, id: string, deadline: Deadline) {
    const hashed = options.hashIds ?? open.store.hashIds ?? false;
    this.id = id;
    this.key = hashed ? hashSessionId(id) : id;
    this.deadline = deadline;
    this.#options = options;
    this.#calls = calls;
    this.#open = open;
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
  read(): Promise<LiveSession | null> {
    let reading: Reading | undefined;
    const judge = (found: Found | null) => {
      reading ??= this.#judge(found);
      return reading;
    };
    return this.#call({ operation: 'get', run: () => this.#load(), report: judge }).then((found) => {
      const { outcome, live } = judge(found);
      return outcome === 'expired' ? this.#expire() : live;
    });
  }

  /** Writes the record over the version `expected`, null for none; null when something else is there. */
  write(expected: string | null, session: Session): Promise<LiveSession | null> {
    const { id, key } = this;
    const store = this.#store;
    const record = toRecord(session, this.#options);
    if (!isAtomic(store)) {
      const run = () => store.set(key, record);
      const set = this.#call({ operation: 'set', record, run, report: written });
      return set.then(() => ({ id, session, version: null }));
    }
    const run = () => store.swap(key, expected, record);
    const swap = this.#call({ operation: 'set', record, run, report: swapped });
    return swap.then((version) => (version === null ? null : { id, session, version }));
  }

  /** Tells the store that the session is in use. */
  async touch(live: LiveSession, session: Session): Promise<LiveSession> {
    const record = toRecord(session, this.#options);
    await this.#call({
      operation: 'touch',
      run: () => this.#store.touch?.(this.key, record),
      report: done,
    });
    return { ...live, session };
  }

  /** Removes the record if it is still as `live` has it; whether it was. */
  async retire({ version }: LiveSession): Promise<boolean> {
    const store = this.#store;
    if (!isAtomic(store)) {
      await this.remove();
      return true;
    }
    // A swapped-in record whose expiry has passed is a removal.
    const run = () => store.swap(this.key, version, toRecord({ ...BLANK, expiresAt: 0 }, this.#options));
    return (await this.#call({ operation: 'destroy', run, report: swapped })) !== null;
  }

  async remove(): Promise<void> {
    await this.#call({ operation: 'destroy', run: () => this.#store.destroy(this.key), report: done });
  }

  /** Removes what nobody can use any more; whether it worked. A failure leaves a dead record and nothing else. */
  discard(): Promise<boolean> {
    return this.remove().then(
      () => true,
      () => false,
    );
  }

  async #expire(): Promise<null> {
    this.#calls.telemetry.record({ type: 'expired' }, this.id);
    const removed = await this.discard();
    if (removed) this.#calls.telemetry.record({ type: 'destroyed', reason: 'expired' }, this.id);
    return null;
  }

  #load(): Promise<Found | null> {
    const store = this.#store;
    const { idleMs } = this.#options.expiry;
    if (isAtomic(store)) return store.load(this.key, { idleMs });
    return Promise.resolve(store.get(this.key)).then((record) => ({ record, version: null }));
  }

  #judge(found: Found | null): Reading {
    const { expiry } = this.#options;
    const session = found && parseRecord(found.record);
    if (!session) return { outcome: 'miss', live: null };
    const now = currentTime();
    const { version, size } = found;
    // Of a session with a lifetime of its own the store does not know.
    const slid = found.slid === true && session.maxAge === null;
    const trusted = slid || this.#store.trustExpiry === true;
    if ((!trusted && isIdleExpired(session, now)) || isAbsoluteExpired(session, expiry, now)) {
      return { outcome: 'expired', live: null, size };
    }
    const current = slid ? slide(session, expiry, now) : session;
    const live = { id: this.id, session: current, version, slid };
    return { outcome: 'hit', live, size, expiresAt: current.expiresAt };
  }

  get #store() {
    return this.#open.store;
  }

  #call<T>(call: Pick<StoreCall<T>, 'operation' | 'record' | 'run' | 'report'>): Promise<T> {
    const { id, key, deadline } = this;
    return this.#calls.call(this.#open, { id, key, deadline, ...call });
  }
}

/** The record of a session under these options. */
export function toRecord(session: Session, { cookie, expiry }: ResolvedOptions): SessionRecord {
  const { httpOnly, path, secure, sameSite, domain } = cookie;
  return formatRecord(session, lifetimeMs(session, expiry), {
    httpOnly,
    path,
    secure,
    ...(sameSite && { sameSite }),
    ...(domain && { domain }),
  });
}

/** What a store returned: anything at all, until it is checked. */
interface Found extends Partial<Omit<Versioned, 'record' | 'version'>> {
  readonly record: unknown;
  readonly version: string | null;
}

function done(): StoreReport {
  return { outcome: 'ok' };
}

function written(_: unknown, record: SessionRecord | undefined): StoreReport {
  if (!record) return { outcome: 'ok' };
  return {
    outcome: 'ok',
    size: Buffer.byteLength(JSON.stringify(record)),
    expiresAt: recordTime(record.cookie?.expires),
  };
}

function swapped(version: string | null, record: SessionRecord | undefined): StoreReport {
  return version === null ? { outcome: 'conflict' } : written(version, record);
}
