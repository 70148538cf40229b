import type { StoreOperation, StoreOutcome } from '../../src/events/session-event.js';
import { recordTime } from '../../src/record/record-time.js';
import type { CallOptions, SessionRecord } from '../../src/store-contract/store.js';
import { isUnreadable } from '../../src/store-contract/unreadable.js';
import type { StoreFaults } from './store-faults.js';
import type { StoreCallRecord } from './store-views.js';

/** How a call ended. */
export interface CallReport {
  readonly outcome: StoreOutcome;
  /** The record that was read or written. */
  readonly record?: SessionRecord;
}

/** Runs the calls of a store, with the faults that a test has asked for, and keeps a list of them. */
export class CallLog {
  readonly #faults: StoreFaults;
  #calls: StoreCallRecord[] = [];

  constructor(faults: StoreFaults) {
    this.#faults = faults;
  }

  /** The calls since the last `reset`, the oldest first. */
  get calls(): readonly StoreCallRecord[] {
    return this.#calls;
  }

  reset(): void {
    this.#calls = [];
  }

  async run<T>(
    operation: StoreOperation,
    options: CallOptions,
    call: () => T | Promise<T>,
    report: (result: T) => CallReport,
  ): Promise<T> {
    const start = performance.now();
    try {
      await this.#faults.apply(operation);
      const result = await call();
      this.#add(operation, report(result), options, start);
      return result;
    } catch (error) {
      this.#add(operation, { outcome: isUnreadable(error) ? 'rejected' : 'error' }, options, start);
      throw error;
    }
  }

  #add(
    operation: StoreOperation,
    { outcome, record }: CallReport,
    { now }: CallOptions,
    start: number,
  ): void {
    const expiresAt = recordTime(record?.cookie?.expires);
    const ttl = expiresAt === null ? undefined : Math.round((expiresAt - now) / 1000);
    const durationMs = performance.now() - start;
    this.#calls.push({ operation, outcome, ...(ttl !== undefined && { ttl }), durationMs });
  }
}
