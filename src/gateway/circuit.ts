import { safeCause } from '../lib/safe-cause.js';
import { isUnreadable } from '../store-contract/unreadable.js';
import { deliveryOf } from './delivery.js';

/** How long a call waits for the answer to a probe, in case the store has just recovered. */
export const PROBE_WAIT_MS = 30;

/** How long after a probe of a key the next one may be sent. The first may have been lost with its connection. */
const PROBE_INTERVAL_MS = 500;

/** How many keys are probed in that time. */
const MAX_PROBES = 8;

/** Whether a store answers one kind of call. See `CircuitBreaker`. */
export class Circuit {
  /** How long a store may answer nothing before it counts as hanging. */
  readonly #silenceMs: number;
  readonly #probes = new Map<string, Promise<void>>();
  #isOpen = false;
  #answeredAt = 0;
  #probesSince = Number.NEGATIVE_INFINITY;
  #failure: Error | undefined;

  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The error of the last failed probe, until the store answers. It is safe to show. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Probes the key, unless that was done a moment ago, and waits a moment for the answer. Each caller probes its own key: that of
   * another may be the one that is stuck.
   *
   * @returns whether calls may be sent again.
   */
  async recovers(key: string, probe: () => unknown, waitMs: number): Promise<boolean> {
    const now = performance.now();
    if (now - this.#probesSince >= PROBE_INTERVAL_MS) {
      this.#probesSince = now;
      this.#probes.clear();
    }
    if (!this.#probes.has(key) && this.#probes.size < MAX_PROBES) {
      this.#probes.set(key, this.#send(key, probe));
    }
    await Promise.race([
      this.#probes.get(key) ?? Promise.race(this.#probes.values()),
      new Promise((resolve) => setTimeout(resolve, waitMs)),
    ]);
    return !this.#isOpen;
  }

  onAnswer(): void {
    this.#answeredAt = performance.now();
    this.#isOpen = false;
    this.#failure = undefined;
  }

  onTimeout(sentAt: number): void {
    this.#isOpen ||= performance.now() - Math.max(sentAt, this.#answeredAt) >= this.#silenceMs;
  }

  async #send(key: string, probe: () => unknown): Promise<void> {
    try {
      await probe();
      this.onAnswer();
    } catch (error) {
      if (isUnreadable(error) || deliveryOf(error) === 'refused') this.onAnswer();
      else this.#failure = safeCause(error, key);
    }
  }
}
