import type { StoreOperation } from '../../src/events/session-event.js';
import { UnsentCall } from '../../src/gateway/store-failures.js';
import { checkAmount, checkOperation, checkTestOptions } from './misuse.js';

/** Options of `InspectableStore.fail`. */
export interface FailOptions {
  /** How many calls fail. @default all until `reset` */
  readonly times?: number | undefined;
  /**
   * The error that the driver throws. A write whose outcome it leaves open is looked for and sent again, as in the app, so let
   * all calls fail then.
   * @default that of a driver without a connection, which sends nothing: `ECONNREFUSED`
   */
  readonly error?: unknown;
}

/** Throws for a failure that would never come. */
export function checkFail(
  operation: unknown,
  options: FailOptions,
  known: readonly (keyof FailOptions)[],
): void {
  checkOperation('fail', operation);
  checkTestOptions('fail()', options, known, { count: 'Use times', once: 'Use times: 1' });
  if (options.times !== undefined) checkAmount('fail() option times', options.times);
}

/** Throws for a delay that would never come. */
export function checkDelay(operation: unknown, ms: unknown): void {
  checkOperation('delay', operation);
  checkAmount('delay(): the milliseconds', ms);
}

interface Failure {
  left: number;
  readonly error: unknown;
}

/** The faults that a test has asked for: which calls of the store fail, take longer or conflict. */
export class StoreFaults {
  readonly #failures = new Map<StoreOperation, Failure>();
  readonly #delays = new Map<StoreOperation, number>();
  #conflicts = 0;

  fail(operation: StoreOperation, options: FailOptions): void {
    checkFail(operation, options, ['times', 'error']);
    const { times = Number.POSITIVE_INFINITY, error = unsent(operation) } = options;
    this.#failures.set(operation, { left: times, error });
  }

  delay(operation: StoreOperation, ms: number): void {
    checkDelay(operation, ms);
    this.#delays.set(operation, ms);
  }

  conflict(times: number): void {
    checkAmount('conflict(): the number of writes', times);
    this.#conflicts = times;
  }

  reset(): void {
    this.#failures.clear();
    this.#delays.clear();
    this.#conflicts = 0;
  }

  /** Waits and throws as the test has asked. */
  async apply(operation: StoreOperation): Promise<void> {
    const ms = this.#delays.get(operation);
    if (ms !== undefined) await new Promise((resolve) => setTimeout(resolve, ms));
    const failure = this.#failures.get(operation);
    if (!failure || failure.left <= 0) return;
    failure.left -= 1;
    throw failure.error;
  }

  /** Returns whether this write has to find a conflict. Each call uses up one conflict. */
  takeConflict(): boolean {
    if (this.#conflicts <= 0) return false;
    this.#conflicts -= 1;
    return true;
  }
}

/** Returns the error of a call that was not sent. Its message names the test, as it may end up in a log. */
export function unsent(operation: StoreOperation, by = 'fail()'): Error {
  const cause = Object.assign(new Error(`connect ECONNREFUSED (by a test, through ${by})`), {
    code: 'ECONNREFUSED',
  });
  return new UnsentCall(
    'ERR_SESSION_STORE',
    `A test made the session store fail, through ${by}: ${operation} was not sent, nothing was read or written.`,
    { cause },
  );
}

/** Returns the error of a call that was done, and whose reply was lost. */
export function replyLost(operation: StoreOperation, by: string): Error {
  return Object.assign(
    new Error(`read ECONNRESET (by a test, through ${by}: the reply to ${operation} was lost)`),
    {
      code: 'ECONNRESET',
    },
  );
}
