import type { EndReason, RecordSource, StoreOperation, StoreOutcome } from '../events/session-event.js';
import type { Operation } from '../gateway/operation.js';
import { type CallSubject, type CallTask, callStore, ok } from '../gateway/store-call.js';
import { notDeleted, UnknownOutcome } from '../gateway/store-failures.js';
import { untilSent } from '../gateway/until-sent.js';
import type { MaybePromise } from '../lib/maybe-promise.js';
import type { ResolvedOptions } from '../options/options.js';
import type { FoundRecord, RecordState } from '../record/read-record.js';
import { largestRead, toldSize } from '../record/record-size.js';
import { REMOVAL } from '../store-contract/session-record.js';
import type { CompareAndSwap, ReadOptions, SessionRecord, Store } from '../store-contract/store.js';
import { isUnreadable } from '../store-contract/unreadable.js';
import { confirmedSwap, type SwapEffect } from './confirmed-swap.js';
import { fromRecord, type ReadRecord } from './session-record.js';

/** What a store returned, with its version. */
interface Loaded extends FoundRecord {
  readonly version: string | null;
  readonly source?: RecordSource | undefined;
}

const NOTHING: Loaded = { record: null, version: null };
const UNREADABLE: Loaded = { record: null, unreadable: true, version: null };

/** The place of one record in the store, during one operation. */
export class RecordRef {
  /** What the store knows the record by. */
  readonly key: string;
  /** The session ID, where it is known. */
  readonly id: string | null = null;
  readonly operation: Operation;
  protected readonly options: ResolvedOptions;

  constructor(options: ResolvedOptions, operation: Operation, key: string) {
    this.options = options;
    this.operation = operation;
    this.key = key;
  }

  get store(): Store<object> {
    return this.operation.open.store;
  }

  /**
   * Reads the record, and decides what it is.
   *
   * @param near whether a record from a near cache will do.
   */
  load(near?: boolean): Promise<ReadRecord> {
    return this.call('get', {
      send: (store, options) =>
        this.#load(store, { maxBytes: largestRead(this.options.maxBytes), near, ...options }),
      judge: (answer) => {
        const loaded = answer ?? NOTHING;
        const { version } = loaded;
        // Telemetry shows both, so they have to be a number and this word.
        const size = toldSize(loaded.size);
        const source = loaded.source === 'near_cache' ? loaded.source : undefined;
        const state = fromRecord(loaded, this.key, this.options, this.operation);
        const expiresAt = 'session' in state ? state.session.expiresAt : undefined;
        return { value: { state, version }, outcome: OUTCOMES[state.is], size, expiresAt, source };
      },
    });
  }

  /** Deletes the record, whatever its version. Looks whether it is gone if the answer was lost. */
  async delete(reason?: EndReason): Promise<void> {
    const task: CallTask<unknown, unknown> = {
      send: (store, options) => store.destroy(this.key, options),
      judge: ok,
    };
    try {
      await this.call('destroy', task, { reason });
    } catch (error) {
      if (error instanceof UnknownOutcome) return this.#confirmDeleted(error);
      throw error;
    }
  }

  /** Deletes the record if it still has this version. Returns false if it has another. */
  async deleteIfVersion(version: string | null, reason?: EndReason): Promise<boolean> {
    const { atomic } = this.store;
    if (!atomic) {
      await this.delete(reason);
      return true;
    }
    const swap = () => this.swap(atomic, 'destroy', version, REMOVAL, reason);
    return (await this.confirmed(version, { is: 'nothing' }, swap)) !== null;
  }

  /** Deletes a record that nobody can use. Returns false if that failed: then a dead record is left. */
  tryDelete(): Promise<boolean> {
    return this.delete().then(
      () => true,
      () => false,
    );
  }

  /** Runs a swap, and finds out what happened if its answer was lost. */
  protected confirmed(
    expected: string | null,
    effect: SwapEffect,
    send: () => Promise<string | null>,
    isReadAgain?: boolean,
  ): Promise<string | null> {
    const { operation } = this;
    return confirmedSwap({ send, read: () => this.load(), expected, effect, isReadAgain, operation });
  }

  async #confirmDeleted(failure: UnknownOutcome): Promise<void> {
    const { deadline, open } = this.operation;
    if (deadline.passed) throw failure;
    const found = await untilSent(() => this.load(), this.operation).catch(() => {
      throw failure;
    });
    if (found.state.is !== 'none') throw notDeleted(failure, open.name);
  }

  /** Sends a compare and swap. Returns the new version, or null if the store has another one than expected. */
  protected swap(
    atomic: CompareAndSwap<object>,
    name: StoreOperation,
    expected: string | null,
    record: SessionRecord,
    reason?: EndReason,
  ): Promise<string | null> {
    const written = record === REMOVAL ? undefined : record;
    return this.call(
      name,
      {
        send: (_, options) => atomic.swap(this.key, expected, record, options),
        judge: (version) =>
          version === null
            ? { value: null, outcome: 'conflict' }
            : { value: version, outcome: 'ok', record: written },
      },
      { told: [expected, record], reason },
    );
  }

  protected call<T, R>(
    name: StoreOperation,
    task: CallTask<T, R>,
    about?: Pick<CallSubject, 'reason' | 'told'>,
  ): Promise<R> {
    return callStore(this.operation, name, { key: this.key, id: this.id, ...about }, task);
  }

  #load(store: Store<object>, options: ReadOptions): MaybePromise<Loaded | null> {
    const { atomic } = store;
    return atomic ? atomic.load(this.key, options) : this.#get(store, options);
  }

  async #get(store: Store<object>, options: ReadOptions): Promise<Loaded> {
    try {
      return { record: await store.get(this.key, options), version: null };
    } catch (error) {
      if (isUnreadable(error)) return UNREADABLE;
      throw error;
    }
  }
}

/** What a read is called in telemetry. */
const OUTCOMES = {
  live: 'hit',
  superseded: 'hit',
  expired: 'expired',
  none: 'miss',
  rejected: 'rejected',
} as const satisfies Record<RecordState['is'], StoreOutcome>;
