import type { Clock } from '../../src/lib/clock.js';

/** The clock of the app's sessions. It goes on as the system's does, and can be put forward. */
export class StudioClock {
  #aheadMs = 0;

  /** By how much it was put forward, in milliseconds. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  set(aheadMs: number): void {
    this.#aheadMs = aheadMs;
  }

  /** The clock in place of the app's, as it is set now; undefined while it is that of the system. */
  get override(): Clock | undefined {
    const aheadMs = this.#aheadMs;
    return aheadMs === 0 ? undefined : { source: 'test', now: () => Date.now() + aheadMs };
  }
}
