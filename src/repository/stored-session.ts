import type { ResolvedOptions } from '../options/options.js';
import { isExpired, slide } from '../record/expiry.js';
import { parseRecord, type Session } from '../record/record.js';
import { hashSessionId } from '../record/session-id.js';
import type { Deadline } from '../resilience/deadline.js';
import type { OpenStore, StoreCalls } from '../resilience/store-calls.js';
import { isAtomic, type Store, type Versioned } from '../store-contract/store.js';
import type { StoreReport } from '../telemetry/store-observation.js';
import { currentTime } from '../test-seam/surroundings.js';
import { asNoted } from './index-entry.js';
import { done, StoredRecord, swapped, toRecord, written } from './stored-record.js';

/** A session that the store holds. */
export interface LiveSession {
  readonly id: string;
  /** What the store knows it by. */
  readonly key: string;
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

/** What a store returned: anything at all, until it is checked. */
interface Found extends Partial<Omit<Versioned, 'record' | 'version'>> {
  readonly record: unknown;
  readonly version: string | null;
}

/** One session's place in the store, during one operation: records in and out, by the operation's deadline. */
export class StoredSession extends StoredRecord {
  override readonly id: string;

  constructor(options: ResolvedOptions, calls: StoreCalls, open: OpenStore, id: string, deadline: Deadline) {
    super(options, calls, open, isHashed(options, open.store) ? hashSessionId(id) : id, deadline);
    this.id = id;
  }

  /** Whether `touch` does what `write` would: the store's own expiry decides. */
  get hasOwnExpiry(): boolean {
    return this.open.store.trustExpiry === true && this.open.store.touch !== undefined;
  }

  /**
   * Whether the session may leave a frozen copy under this ID when it moves on: not where others could write to it,
   * who do not know what it is, nor where a touch that is under way would keep it.
   */
  get canFreeze(): boolean {
    const { options, open, isAtomic, hasOwnExpiry } = this;
    return options.graceMs > 0 && isAtomic && isHashed(options, open.store) && !hasOwnExpiry;
  }

  /** The session, if its record is there, readable and not expired. */
  read(): Promise<LiveSession | null> {
    let reading: Reading | undefined;
    const judge = (found: Found | null) => {
      reading ??= this.#judge(found);
      return reading;
    };
    return this.call({ operation: 'get', run: () => this.#load(), report: judge }).then((found) => {
      const { outcome, live } = judge(found);
      return outcome === 'expired' ? this.#expire() : live;
    });
  }

  /** Writes the record over the version `expected`, null for none; null when something else is there. */
  write(expected: string | null, session: Session): Promise<LiveSession | null> {
    const { id, key } = this;
    const { store } = this.open;
    const record = toRecord(session, this.options);
    if (!isAtomic(store)) {
      const run = () => store.set(key, record);
      const set = this.call({ operation: 'set', record, run, report: written });
      return set.then(() => ({ id, key, session, version: null }));
    }
    const run = () => store.swap(key, expected, record);
    const swap = this.call({ operation: 'set', record, run, report: swapped });
    return swap.then((version) => (version === null ? null : { id, key, session, version }));
  }

  /** Tells the store that the session is in use. */
  async touch(live: LiveSession, session: Session): Promise<LiveSession> {
    const record = toRecord(session, this.options);
    const run = () => this.open.store.touch?.(this.key, record);
    await this.call({ operation: 'touch', run, report: done });
    return { ...live, session };
  }

  /** Leaves a copy that shows the session as it is now; whether it was still so. */
  async freeze({ session, version }: LiveSession, until: number): Promise<boolean> {
    const copy = { ...session, frozen: true, predecessors: [], maxAge: this.options.graceMs / 1000 };
    return (await this.write(version, { ...copy, expiresAt: until })) !== null;
  }

  async #expire(): Promise<null> {
    this.calls.telemetry.record({ type: 'expired' }, this.id);
    const removed = await this.discard('expired');
    if (removed) this.calls.telemetry.record({ type: 'destroyed', reason: 'expired' }, this.id);
    return null;
  }

  #load(): Promise<Found | null> {
    const { store } = this.open;
    const { idleMs } = this.options.expiry;
    if (isAtomic(store)) return store.load(this.key, { idleMs });
    return Promise.resolve(store.get(this.key)).then((record) => ({ record, version: null }));
  }

  #judge(found: Found | null): Reading {
    const { expiry } = this.options;
    const parsed = found && parseRecord(found.record);
    if (!parsed) return { outcome: 'miss', live: null };
    const session = asNoted(parsed, this.key);
    const now = currentTime();
    const { version, size } = found;
    // Of a session with a lifetime of its own the store does not know.
    const slid = found.slid === true && session.maxAge === null;
    if (isExpired(session, expiry, now, slid || this.open.store.trustExpiry === true)) {
      // What was left of a session that moved on is no session that ends.
      return { outcome: session.frozen ? 'miss' : 'expired', live: null, size };
    }
    const current = slid ? slide(session, expiry, now) : session;
    const live = { id: this.id, key: this.key, session: current, version, slid };
    return { outcome: 'hit', live, size, expiresAt: current.expiresAt };
  }
}

function isHashed({ hashIds }: ResolvedOptions, store: Store<object>): boolean {
  return hashIds ?? store.hashIds ?? false;
}
