import type { EndReason, StoreOperation } from '../events/session-event.js';
import type { Operation } from '../gateway/operation.js';
import { type CallSubject, StoreCall } from '../gateway/store-call.js';
import type { ResolvedOptions } from '../options/options.js';
import { BLANK } from '../record/record.js';
import { toRecord } from './to-record.js';

/** Where one record is in the store, for the time of one operation. */
export class RecordRef {
  /** What the store knows the record by. */
  readonly key: string;
  readonly operation: Operation;
  protected readonly options: ResolvedOptions;

  constructor(options: ResolvedOptions, operation: Operation, key: string) {
    this.options = options;
    this.operation = operation;
    this.key = key;
  }

  /** Deletes the record, whatever it is by now. */
  async delete(reason?: EndReason): Promise<void> {
    const call = this.begin('destroy', reason);
    await call.run((store, options) => store.destroy(this.key, options));
    call.end({ outcome: 'ok' });
  }

  /** Deletes the record if it still has this version. Returns false if it has another. */
  async deleteIfVersion(version: string | null, reason?: EndReason): Promise<boolean> {
    const { atomic } = this.operation.open.store;
    if (!atomic) {
      await this.delete(reason);
      return true;
    }
    // To swap in a record whose date has passed is a removal.
    const expired = toRecord({ ...BLANK, expiresAt: 0 }, this.options);
    const call = this.begin('destroy', reason);
    const swapped = await call.run((_, options) => atomic.swap(this.key, version, expired, options));
    call.end(swapped === null ? { outcome: 'conflict' } : { outcome: 'ok' });
    return swapped !== null;
  }

  /** Deletes what nobody can use any more. Returns false if that failed: a dead record is left, and nothing else. */
  tryDelete(reason?: EndReason): Promise<boolean> {
    return this.delete(reason).then(
      () => true,
      () => false,
    );
  }

  protected begin(operation: StoreOperation, reason?: EndReason): StoreCall {
    return new StoreCall(this.operation, operation, this.subject(reason));
  }

  protected subject(reason: EndReason | undefined): CallSubject {
    return { key: this.key, reason };
  }
}
