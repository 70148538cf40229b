import type { EndReason, RecordSource, StoreOperation, StoreOutcome } from '../events/session-event.js';
import type { Operation } from '../gateway/operation.js';
import { type CallSubject, StoreCall } from '../gateway/store-call.js';
import { notDeleted, UnknownOutcome } from '../gateway/store-failures.js';
import { untilSent } from '../gateway/until-sent.js';
import type { MaybePromise } from '../lib/maybe-promise.js';
import type { ResolvedOptions } from '../options/options.js';
import type { FoundRecord, RecordState } from '../record/read-record.js';
import { largestRead } from '../record/record-size.js';
import { REMOVAL } from '../store-contract/session-record.js';
import type { ReadOptions, Store } from '../store-contract/store.js';
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
    const call = this.begin('get');
    // Not async: each promise counts on this path.
    return call
      .run((store, options) =>
        this.#load(store, { maxBytes: largestRead(this.options.maxBytes), near, ...options }),
      )
      .then((answer) => {
        const loaded = answer ?? NOTHING;
        const { size, version, source } = loaded;
        const state = fromRecord(loaded, this.key, this.options, this.operation);
        const expiresAt = 'session' in state ? state.session.expiresAt : undefined;
        call.end({ outcome: OUTCOMES[state.is], size, expiresAt, source });
        return { state, version };
      });
  }

  /** Deletes the record, whatever its version. Looks whether it is gone if the answer was lost. */
  async delete(reason?: EndReason): Promise<void> {
    const call = this.begin('destroy', { reason });
    try {
      await call.run((store, options) => store.destroy(this.key, options));
    } catch (error) {
      if (error instanceof UnknownOutcome) return this.#confirmDeleted(error);
      throw error;
    }
    call.end({ outcome: 'ok' });
  }

  /** Deletes the record if it still has this version. Returns false if it has another. */
  async deleteIfVersion(version: string | null, reason?: EndReason): Promise<boolean> {
    const { atomic } = this.store;
    if (!atomic) {
      await this.delete(reason);
      return true;
    }
    const swapped = await this.confirmed(version, { is: 'nothing' }, async () => {
      const call = this.begin('destroy', { reason, told: [version] });
      const swapped = await call.run((_, options) => atomic.swap(this.key, version, REMOVAL, options));
      call.end(swapped === null ? { outcome: 'conflict' } : { outcome: 'ok' });
      return swapped;
    });
    return swapped !== null;
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

  protected begin(operation: StoreOperation, about?: Pick<CallSubject, 'reason' | 'told'>): StoreCall {
    return new StoreCall(this.operation, operation, { key: this.key, id: this.id, ...about });
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
