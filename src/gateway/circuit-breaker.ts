import type { Clock } from '../lib/clock.js';
import { REMOVAL } from '../store-contract/session-record.js';
import { callOptions, type Store } from '../store-contract/store.js';
import type { CallSide } from './call-side.js';
import { Circuit, PROBE_WAIT_MS } from './circuit.js';

/** How long a write waits for the answer to a probe if reads are answered. The store is alive, and the probe may be two commands. */
const WRITE_PROBE_WAIT_MS = 250;

/**
 * Keeps calls from a store that hangs, so that only the first ones wait until their deadline.
 *
 * The breaker opens when a call runs out of time and the store has answered no other call meanwhile. It closes at the first
 * answer, even a late one. While it is open, a call is sent only after a probe was answered. A store that fails at once needs no
 * breaker.
 *
 * Reads and writes have a circuit each, since a store may hold writes back and answer reads. An answer to a write says that
 * reads are answered too. A store without compare and swap has no write that surely changes nothing, so writes cannot be
 * probed. There one circuit serves both.
 */
export class CircuitBreaker {
  readonly #store: Store<object>;
  readonly #circuits: Record<CallSide, Circuit>;

  constructor(store: Store<object>, storeTimeoutMs: number) {
    this.#store = store;
    // Half of the timeout: a call may have spent the other half in its session's queue.
    const reads = new Circuit(storeTimeoutMs / 2);
    this.#circuits = { reads, writes: store.atomic ? new Circuit(storeTimeoutMs / 2) : reads };
  }

  isOpen(side: CallSide): boolean {
    return this.#circuits[side].isOpen;
  }

  /** The error of the last failed probe, until the store answers. It is safe to show. */
  failure(side: CallSide): Error | undefined {
    return this.#circuits[side].failure;
  }

  /**
   * Sends a probe, unless the last one is recent, and waits a moment for its answer.
   *
   * @param key the call's key. A store may reject a key that is made up.
   * @returns whether calls may be sent again.
   */
  allows(side: CallSide, key: string, clock: Clock): Promise<boolean> {
    const { reads, writes } = this.#circuits;
    const isAlive = side === 'writes' && writes !== reads && !reads.isOpen;
    const waitMs = isAlive ? WRITE_PROBE_WAIT_MS : PROBE_WAIT_MS;
    return this.#circuits[side].recovers(key, () => this.#probe(side, key, clock), waitMs);
  }

  onAnswer(side: CallSide, key: string, clock: Clock): void {
    const { reads, writes } = this.#circuits;
    reads.onAnswer();
    if (side === 'writes') writes.onAnswer();
    // A store that answers reads again may take writes again. So the next write need not find that out.
    else if (writes.isOpen) void this.allows('writes', key, clock);
  }

  onTimeout(side: CallSide, sentAt: number): void {
    const { reads, writes } = this.#circuits;
    reads.onTimeout(sentAt);
    if (side === 'writes' || reads.isOpen) writes.onTimeout(sentAt);
  }

  /** A call that changes nothing, of which nobody looks at the result. */
  #probe(side: CallSide, key: string, clock: Clock): unknown {
    const options = callOptions(clock);
    const { atomic } = this.#store;
    return side === 'writes' && atomic
      ? atomic.swap(key, null, REMOVAL, options)
      : this.#store.get(key, { maxBytes: 0, ...options });
  }
}
