import type { EndReason, StoreOperation } from '../events/session-event.js';
import type { Operation } from '../gateway/operation.js';
import { StoreCall } from '../gateway/store-call.js';
import type { ResolvedOptions } from '../options/options.js';
import type { Store } from '../store-contract/store.js';

/** Swapping in a record whose date has passed removes what is stored. */
const EXPIRED = { cookie: { expires: new Date(0).toISOString() } };

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

  /** Deletes the record, whatever its version. */
  async delete(reason?: EndReason): Promise<void> {
    const call = this.begin('destroy', reason);
    await call.run((store, options) => store.destroy(this.key, options));
    call.end({ outcome: 'ok' });
  }

  /** Deletes the record if it still has this version. Returns false if it has another. */
  async deleteIfVersion(version: string | null, reason?: EndReason): Promise<boolean> {
    const { atomic } = this.store;
    if (!atomic) {
      await this.delete(reason);
      return true;
    }
    const call = this.begin('destroy', reason);
    const swapped = await call.run((_, options) => atomic.swap(this.key, version, EXPIRED, options));
    call.end(swapped === null ? { outcome: 'conflict' } : { outcome: 'ok' });
    return swapped !== null;
  }

  /** Deletes a record that nobody can use. Returns false if that failed: then a dead record is left. */
  tryDelete(reason?: EndReason): Promise<boolean> {
    return this.delete(reason).then(
      () => true,
      () => false,
    );
  }

  protected begin(operation: StoreOperation, reason?: EndReason): StoreCall {
    return new StoreCall(this.operation, operation, { key: this.key, id: this.id, reason });
  }
}
