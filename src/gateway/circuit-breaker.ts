import { safeCause } from '../lib/safe-cause.js';
import type { CallOptions, Store } from '../store-contract/store.js';
import { isUnreadable } from '../store-contract/unreadable.js';

/** How long a call waits for the answer to a probe, in case the store has just recovered. */
export const PROBE_WAIT_MS = 30;

/** How long after a probe the next one may be sent. The first may have been lost with its connection. */
const PROBE_INTERVAL_MS = 500;

/**
 * Keeps calls from a store that hangs, so that only the first ones wait until their deadline.
 *
 * The breaker opens when a call runs out of time and the store has answered no other call meanwhile. It
 * closes at the first answer, even a late one. While it is open, a call is sent only after a probe was
 * answered. A store that fails at once needs no breaker.
 */
export class CircuitBreaker {
  readonly #store: Store<object>;
  /** How long a store may answer nothing before it counts as hanging. */
  readonly #silenceMs: number;
  #isOpen = false;
  #answeredAt = 0;
  #probe: Promise<void> = Promise.resolve();
  #probedAt = Number.NEGATIVE_INFINITY;
  #failure: Error | undefined;

  constructor(store: Store<object>, storeTimeoutMs: number) {
    this.#store = store;
    // Half of the timeout: a call may have spent the other half in its session's queue.
    this.#silenceMs = storeTimeoutMs / 2;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The error of the last failed probe, until the store answers. It is safe to show. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Sends a probe, unless the last one is recent, and waits a moment for its answer.
   *
   * @param key the call's key. The probe reads it, because a store may reject a key that is made up.
   * @returns whether calls may be sent again.
   */
  async allows(key: string, options: CallOptions): Promise<boolean> {
    const now = performance.now();
    if (now - this.#probedAt >= PROBE_INTERVAL_MS) {
      this.#probedAt = now;
      this.#probe = this.#sendProbe(key, options);
    }
    await Promise.race([this.#probe, new Promise((resolve) => setTimeout(resolve, PROBE_WAIT_MS))]);
    return !this.#isOpen;
  }

  onSuccess(): void {
    this.#answeredAt = performance.now();
    this.#isOpen = false;
    this.#failure = undefined;
  }

  onTimeout(sentAt: number): void {
    this.#isOpen ||= performance.now() - Math.max(sentAt, this.#answeredAt) >= this.#silenceMs;
  }

  async #sendProbe(key: string, options: CallOptions): Promise<void> {
    try {
      // Nobody looks at the record, so nothing of it has to be fetched.
      await this.#store.get(key, { maxBytes: 0, ...options });
      this.onSuccess();
    } catch (error) {
      if (isUnreadable(error)) this.onSuccess();
      else this.#failure = safeCause(error, key);
    }
  }
}
