import type { StoreOperation } from '../../src/events/session-event.js';

export interface FailOptions {
  /** How many calls fail. @default all until `reset` */
  readonly times?: number;
  /** What they fail with. @default an error of a lost connection */
  readonly error?: unknown;
}

interface Failure {
  left: number;
  readonly error: unknown;
}

/** What is to go wrong with a store's next calls. */
export class StoreFaults {
  readonly #failures = new Map<StoreOperation, Failure>();
  readonly #delays = new Map<StoreOperation, number>();
  #conflicts = 0;

  fail(operation: StoreOperation, options: FailOptions): void {
    const { times = Number.POSITIVE_INFINITY, error = lostConnection() } = options;
    this.#failures.set(operation, { left: times, error });
  }

  delay(operation: StoreOperation, ms: number): void {
    this.#delays.set(operation, ms);
  }

  conflict(times: number): void {
    this.#conflicts = times;
  }

  reset(): void {
    this.#failures.clear();
    this.#delays.clear();
    this.#conflicts = 0;
  }

  /** Waits and fails as was asked. */
  async strike(operation: StoreOperation): Promise<void> {
    const ms = this.#delays.get(operation);
    if (ms !== undefined) await new Promise((resolve) => setTimeout(resolve, ms));
    const failure = this.#failures.get(operation);
    if (!failure || failure.left <= 0) return;
    failure.left -= 1;
    throw failure.error;
  }

  /** Whether the next write is to find a conflict. */
  takeConflict(): boolean {
    if (this.#conflicts <= 0) return false;
    this.#conflicts -= 1;
    return true;
  }
}

/** What a driver says when its server went away; in a server's log it should not look like a real outage. */
function lostConnection(): Error {
  return Object.assign(new Error('connect ECONNREFUSED (by a test, through fail())'), {
    code: 'ECONNREFUSED',
  });
}
