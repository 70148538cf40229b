import type { Operation } from '../gateway/operation.js';
import { ok } from '../gateway/store-call.js';
import { queueTimeout, sessionGone } from '../lib/session-refusals.js';
import { unlessLate } from '../lib/unless-late.js';
import type { ResolvedOptions } from '../options/options.js';
import { hasEnded } from '../record/expiry.js';
import { newNonce } from '../record/nonce.js';
import { recordedIn } from '../record/read-record.js';
import type { Session, Successor, Superseded } from '../record/record.js';
import { hashSessionId } from '../record/session-id.js';
import type { CallOptions, SessionRecord, Store } from '../store-contract/store.js';
import type { SwapEffect } from './confirmed-swap.js';
import { RecordRef } from './record-ref.js';
import { withSessionLock } from './session-lock.js';
import { expiryKeeper, isHashed, type ReadRecord, toRecord, toSupersededRecord } from './session-record.js';

/** What knows its session ID, or may know its key alone. */
export type MaybeId = string | null;

/** A session that is alive in the store. */
export interface LiveSession<Id extends MaybeId = string> {
  readonly is: 'live';
  readonly id: Id;
  /** What the store knows it by. */
  readonly key: string;
  readonly session: Session;
  /** What compare and swap compares; null on a store without it. */
  readonly version: string | null;
  /** Whether a read should write the record again. See `RecordState`. */
  readonly isOutdated: boolean;
}

/** A grace copy under an old ID. It can be read and never written. */
interface SupersededSession<Id extends MaybeId> {
  readonly is: 'superseded';
  readonly id: Id;
  readonly key: string;
  readonly session: Superseded;
}

/** What a session ID may lead to. */
export type StoredSession<Id extends MaybeId = string> = LiveSession<Id> | SupersededSession<Id>;

/** The place of one session in the store, during one operation. */
export class SessionRef<Id extends MaybeId = string> extends RecordRef {
  override readonly id: Id;

  private constructor(options: ResolvedOptions, operation: Operation, key: string, id: Id) {
    super(options, operation, key);
    this.id = id;
  }

  /** Returns the place of the session of an ID. */
  static ofId(options: ResolvedOptions, operation: Operation, id: string): SessionRef {
    const key = isHashed(options, operation.open.store) ? hashSessionId(id) : id;
    return new SessionRef(options, operation, key, id);
  }

  /** Returns the place of a session whose ID is not known. */
  static ofKey(options: ResolvedOptions, operation: Operation, key: string): SessionRef<null> {
    return new SessionRef(options, operation, key, null);
  }

  /** Whether a write notices that the record changed since it was read. */
  get isAtomic(): boolean {
    return this.store.atomic !== undefined;
  }

  /**
   * Whether `touch` of the store keeps the session alive without a write of the record. A store with compare and swap gets a
   * swap: a touch has no version, and could make a grace copy live longer. A sealed record is written, because the date in it counts.
   */
  get slidesByTouch(): boolean {
    const { store, options } = this;
    return expiryKeeper(options, store) === 'store' && store.touch !== undefined && !this.isAtomic;
  }

  /**
   * Whether a grace copy may be written under this ID. Not without compare and swap. Not where other software writes these
   * records: it does not know what a grace copy is.
   */
  get canBeSuperseded(): boolean {
    return this.isAtomic && isHashed(this.options, this.store);
  }

  /** Returns the session, or null if it does not exist. Deletes a record that has expired, unless the store does. */
  read(near?: boolean): Promise<StoredSession<Id> | null> {
    return this.load(near).then((found) => {
      const { state } = found;
      if (state.is === 'expired') return this.#expire(found);
      if (state.is === 'rejected') {
        this.operation.context.telemetry.record({ type: 'record_rejected', reason: state.reason }, this.id);
      }
      return this.toSession(found);
    });
  }

  /**
   * Writes the session over the version `expected`, null for none. Returns null if something else is stored.
   *
   * @param isReadAgain whether the caller then reads the session, and recognises its own write by the nonce.
   * @throws ERR_SESSION_GONE if the session has reached its absolute end: a store would take the write and keep nothing.
   */
  write(expected: string | null, session: Session, isReadAgain?: boolean): Promise<LiveSession<Id> | null> {
    const { id, key } = this;
    const isOver = () => hasEnded(session, this.options.expiry, this.operation.context.clock.now());
    if (isOver()) return Promise.reject(sessionGone());
    const record = toRecord(session, this.key, this.options, this.store);
    const effect: SwapEffect = { is: 'session', nonce: session.nonce };
    return this.#write(expected, record, effect, isReadAgain).then((written) => {
      if (!written) return null;
      // The end may have come while the write was on its way.
      if (isOver()) throw sessionGone();
      return { is: 'live', id, key, session, version: written.version, isOutdated: false };
    });
  }

  /** Moves the end that the store keeps. Leaves the record as it is. */
  async touch(live: LiveSession<Id>, session: Session): Promise<LiveSession<Id>> {
    const record = toRecord(session, this.key, this.options, this.store);
    const send = (store: Store<object>, options: CallOptions) => store.touch?.(this.key, record, options);
    await this.call('touch', { send, judge: ok }, { told: [record] });
    return { ...live, session };
  }

  /** Runs a task alone among the writers of this session in this process. */
  exclusively<T>(task: () => Promise<T>): Promise<T> {
    const { context, deadline } = this.operation;
    return withSessionLock(context.process, `${this.options.name} ${this.key}`, deadline, queueTimeout, task);
  }

  /** Runs a task that no writer of this process may disturb. On a store with compare and swap none can: each notices. */
  undisturbed<T>(task: () => Promise<T>): Promise<T> {
    return this.isAtomic ? task() : this.exclusively(task);
  }

  /**
   * Writes a grace copy in place of the session. Returns false if the session has changed.
   *
   * @param successor where the session is now, if somebody renews a key of it. They write the value there.
   */
  async supersede(
    { session, version }: LiveSession,
    until: number,
    successor: Successor | null,
  ): Promise<boolean> {
    const { data, createdAt, lastSeenAt, entries } = session;
    return this.#supersede(version, { data, createdAt, lastSeenAt, entries, expiresAt: until, successor });
  }

  /**
   * Deletes the record of a session that has moved on. Returns false if the session has changed. First it writes an empty grace
   * copy: a deletion leaves no trace, so if its answer were lost, nobody could tell it from a sign-out at the same time. If somebody
   * renews a key of it, the copy stays. It shows nothing, and tells them where the session is.
   */
  async retire({ session, version }: LiveSession, successor: Successor | null): Promise<boolean> {
    if (!this.canBeSuperseded) return this.deleteIfVersion(version);
    const { createdAt, lastSeenAt } = session;
    const now = this.operation.context.clock.now();
    const expiresAt = successor ? now : now + this.options.storeTimeoutMs;
    const empty = { data: {}, createdAt, lastSeenAt, entries: [], expiresAt, successor };
    if (!(await this.#supersede(version, empty))) return false;
    if (!successor) await this.tryDelete();
    return true;
  }

  /** Returns what the store knows the session by that has moved on from here, as long as the old record says so. */
  async successor(): Promise<string | null> {
    const recorded = recordedIn((await this.load()).state);
    return recorded && 'successor' in recorded ? (recorded.successor?.key ?? null) : null;
  }

  async #supersede(expected: string | null, copy: Omit<Superseded, 'nonce'>): Promise<boolean> {
    const nonce = newNonce();
    const record = toSupersededRecord({ ...copy, nonce }, this.key, this.options);
    const effect: SwapEffect = { is: 'grace-copy', nonce, until: copy.successor?.until ?? copy.expiresAt };
    return (await this.#write(expected, record, effect)) !== null;
  }

  /** Returns the version that was written (null on a store without versions), or null if something else is stored. */
  async #write(
    expected: string | null,
    record: SessionRecord,
    effect: SwapEffect,
    isReadAgain?: boolean,
  ): Promise<{ version: string | null } | null> {
    const { atomic } = this.store;
    if (!atomic) {
      const send = (store: Store<object>, options: CallOptions) => store.set(this.key, record, options);
      const judge = () => ({ value: { version: null }, outcome: 'ok' as const, record });
      return this.call('set', { send, judge }, { told: [record] });
    }
    const swap = () => this.swap(atomic, 'set', expected, record);
    const version = await this.confirmed(expected, effect, swap, isReadAgain);
    return version === null ? null : { version };
  }

  /**
   * Deletes the version that has expired: another request may have renewed the session meanwhile. A store that ends idle
   * sessions itself is left to do so, since the clock of this server may be wrong.
   */
  #expire({ version }: ReadRecord): Promise<null> {
    this.operation.context.telemetry.record({ type: 'expired' }, this.id);
    const nothing = () => null;
    // If it fails, a dead record is left.
    return unlessLate(this.#deleteExpired(version).then(nothing, nothing), null);
  }

  async #deleteExpired(version: string | null): Promise<void> {
    if (this.store.expiry === 'store') return;
    if (!this.isAtomic && (await this.load()).state.is !== 'expired') return;
    if (!(await this.deleteIfVersion(version, 'expired'))) return;
    this.operation.context.telemetry.record({ type: 'destroyed', reason: 'expired' }, this.id);
  }

  /** Returns the session that a record is, or null. */
  toSession({ state, version }: ReadRecord): StoredSession<Id> | null {
    const { id, key } = this;
    if (state.is === 'live') {
      const { session, isOutdated } = state;
      return { is: 'live', id, key, session, version, isOutdated };
    }
    return state.is === 'superseded' ? { is: 'superseded', id, key, session: state.session } : null;
  }
}
