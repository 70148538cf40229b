import type { CallOptions, Store } from '../store-contract/store.js';
import { safeCause } from './safe-cause.js';

/** How long a call waits for a store that hangs, in the hope that it has just come back. */
export const PROBE_WAIT_MS = 30;

/** A probe without an answer is lost after this: the connection that it went over may be, too. */
const PROBE_MS = 500;

/**
 * Keeps calls from a store that hangs, so that only the first ones wait until their deadline. It opens when a call
 * ran out of time and nothing was answered meanwhile, and closes at the first answer, a late one included; while it
 * is open, calls send a probe ahead. A store that fails at once needs no breaker.
 */
export class CircuitBreaker {
  readonly #store: Store<object>;
  /** How long without any answer makes a store one that hangs. */
  readonly #silenceMs: number;
  #isOpen = false;
  #answeredAt = 0;
  #probe: Promise<void> = Promise.resolve();
  #probedAt = Number.NEGATIVE_INFINITY;
  #failure: Error | undefined;

  constructor(store: Store<object>, storeTimeoutMs: number) {
    this.#store = store;
    // Half of it: a call may have spent the rest in the queue of its session.
    this.#silenceMs = storeTimeoutMs / 2;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Why the last probe failed, if it did; safe to show. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Waits a moment for a probe's answer; whether calls may be sent again.
   *
   * @param key what the call is about. The probe reads it: a made-up key might be none to the store.
   */
  async allows(key: string, options: CallOptions): Promise<boolean> {
    const now = performance.now();
    if (now - this.#probedAt >= PROBE_MS) {
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
      await this.#store.get(key, options);
      this.onSuccess();
    } catch (error) {
      this.#failure = safeCause(error, key);
    }
  }
}
