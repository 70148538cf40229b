import type { StoreOutcome } from '../events/session-event.js';
import type { Operation } from '../gateway/operation.js';
import { queueTimeout } from '../lib/session-refusals.js';
import type { ResolvedOptions } from '../options/options.js';
import type { RecordState } from '../record/read-record.js';
import type { Session, Superseded } from '../record/record.js';
import { hashSessionId } from '../record/session-id.js';
import type { CallOptions, LoadedRecord, SessionRecord, Store } from '../store-contract/store.js';
import { RecordRef } from './record-ref.js';
import { withSessionLock } from './session-lock.js';
import { fromRecord, toRecord, toSupersededRecord } from './session-record.js';

/** A session that is alive in the store. */
export interface LiveSession {
  readonly is: 'live';
  readonly id: string;
  /** What the store knows it by. */
  readonly key: string;
  readonly session: Session;
  /** What compare and swap compares; null on a store without it. */
  readonly version: string | null;
  /** How long the store keeps it unused, in milliseconds, if the store said so with this read. */
  readonly leftMs?: number | undefined;
}

/** A grace copy under an old ID. It can be read and never written. */
export interface SupersededSession {
  readonly is: 'superseded';
  readonly id: string;
  readonly key: string;
  readonly session: Superseded;
}

/** What a session ID may lead to. */
export type StoredSession = LiveSession | SupersededSession;

/** What a store returned. It can be anything until it is checked. */
interface Loaded extends Partial<Omit<LoadedRecord, 'record' | 'version'>> {
  readonly record: unknown;
  readonly version: string | null;
}

const NOTHING: Loaded = { record: null, version: null };

/** The place of one session in the store, during one operation. */
export class SessionRef extends RecordRef {
  override readonly id: string;

  constructor(options: ResolvedOptions, operation: Operation, id: string) {
    super(options, operation, isHashed(options, operation.open.store) ? hashSessionId(id) : id);
    this.id = id;
  }

  /** Whether a write notices that the record changed since it was read. */
  get isAtomic(): boolean {
    return this.store.atomic !== undefined;
  }

  /**
   * Whether `touch` of the store keeps the session alive without a write of the record. A store with compare and swap gets a
   * swap: a touch has no version, and could make a grace copy live longer.
   */
  get slidesByTouch(): boolean {
    const { expiry, touch } = this.store;
    return expiry === 'store' && touch !== undefined && !this.isAtomic;
  }

  /**
   * Whether a grace copy may be left under this ID. Not without compare and swap. Not where other software writes these
   * records: it does not know what a grace copy is.
   */
  get canBeSuperseded(): boolean {
    return this.options.graceMs > 0 && this.isAtomic && isHashed(this.options, this.store);
  }

  /** Returns the session, or null if there is none. Deletes a record that has expired. */
  read(): Promise<StoredSession | null> {
    const call = this.begin('get');
    // Not async: each promise counts on this path.
    return call
      .run((store, options) => this.#load(store, options))
      .then((answer) => {
        const loaded = answer ?? NOTHING;
        const state = fromRecord(loaded, this.key, this.options, this.operation);
        const found = this.#toSession(state, loaded);
        const expiresAt = found?.session.expiresAt;
        call.end({ outcome: OUTCOMES[state.is], size: loaded.size, expiresAt });
        return state.is === 'expired' ? this.#expire() : found;
      });
  }

  /** Writes the session over the version `expected`, null for none. Returns null if something else is stored. */
  write(expected: string | null, session: Session): Promise<LiveSession | null> {
    const { id, key } = this;
    return this.#write(expected, toRecord(session, this.options)).then((written) =>
      written ? { is: 'live', id, key, session, version: written.version } : null,
    );
  }

  /** Moves the end that the store keeps. Leaves the record as it is. */
  async touch(live: LiveSession, session: Session): Promise<LiveSession> {
    const call = this.begin('touch');
    const record = toRecord(session, this.options);
    await call.run((store, options) => store.touch?.(this.key, record, options));
    call.end({ outcome: 'ok' });
    return { ...live, session };
  }

  /** Runs a task alone among the writers of this session in this process. */
  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return withSessionLock(`${this.options.name} ${this.key}`, this.operation.deadline, queueTimeout, task);
  }

  /** Writes a grace copy in place of the session. Returns false if the session has changed. */
  async supersede({ session, version }: LiveSession, until: number): Promise<boolean> {
    const { data, createdAt, lastSeenAt, user } = session;
    const copy = { data, createdAt, lastSeenAt, user, expiresAt: until };
    return (await this.#write(version, toSupersededRecord(copy, this.options))) !== null;
  }

  /** Returns the version that was written (null on a store without versions), or null if something else is stored. */
  async #write(expected: string | null, record: SessionRecord): Promise<{ version: string | null } | null> {
    const { atomic } = this.store;
    const call = this.begin('set');
    if (!atomic) {
      await call.run((store, options) => store.set(this.key, record, options));
      call.end({ outcome: 'ok', record });
      return { version: null };
    }
    const version = await call.run((_, options) => atomic.swap(this.key, expected, record, options));
    call.end(version === null ? { outcome: 'conflict' } : { outcome: 'ok', record });
    return version === null ? null : { version };
  }

  async #expire(): Promise<null> {
    const { telemetry } = this.operation.context;
    telemetry.record({ type: 'expired' }, this.id);
    const isGone = await this.tryDelete('expired');
    if (isGone) telemetry.record({ type: 'destroyed', reason: 'expired' }, this.id);
    return null;
  }

  #load(store: Store<object>, options: CallOptions): Promise<Loaded | null> {
    const { key } = this;
    const { atomic, expiry } = store;
    if (atomic) {
      const { idleMs } = this.options.expiry;
      return atomic.load(key, expiry === 'store' ? { slideMs: idleMs, ...options } : options);
    }
    return Promise.resolve(store.get(key, options)).then((record) => ({ record, version: null }));
  }

  #toSession(state: RecordState, { version, leftMs }: Loaded): StoredSession | null {
    const { id, key } = this;
    if (state.is === 'live') return { is: 'live', id, key, session: state.session, version, leftMs };
    return state.is === 'superseded' ? { is: 'superseded', id, key, session: state.session } : null;
  }
}

/** What a read is called in telemetry. */
const OUTCOMES = {
  live: 'hit',
  superseded: 'hit',
  expired: 'expired',
  none: 'miss',
  unreadable: 'miss',
} as const satisfies Record<RecordState['is'], StoreOutcome>;

function isHashed({ hashIds }: ResolvedOptions, store: Store<object>): boolean {
  return hashIds ?? store.hashIds ?? false;
}
