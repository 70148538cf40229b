import type { StoreOperation, StoreOutcome } from '../../src/events/session-event.js';
import { recordTime } from '../../src/record/record-time.js';
import type { CallOptions, SessionRecord } from '../../src/store-contract/store.js';
import type { StoreFaults } from './store-faults.js';
import type { StoreCallRecord } from './store-views.js';

/** A call as it ended. */
export interface CallReport {
  readonly outcome: StoreOutcome;
  /** What was read or written. */
  readonly record?: SessionRecord;
}

/** Runs the calls of a store, with the faults that a test asked for, and keeps a record of each. */
export class CallLog {
  readonly #faults: StoreFaults;
  #calls: StoreCallRecord[] = [];

  constructor(faults: StoreFaults) {
    this.#faults = faults;
  }

  /** The calls since `reset`, oldest first. */
  get calls(): readonly StoreCallRecord[] {
    return this.#calls;
  }

  reset(): void {
    this.#calls = [];
  }

  async seen<T>(
    operation: StoreOperation,
    options: CallOptions,
    run: () => T | Promise<T>,
    report: (result: T) => CallReport,
  ): Promise<T> {
    const start = performance.now();
    try {
      await this.#faults.strike(operation);
      const result = await run();
      this.#add(operation, report(result), options, start);
      return result;
    } catch (error) {
      this.#add(operation, { outcome: 'error' }, options, start);
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
