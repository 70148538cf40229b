import type { HostProcess } from '../lib/host-process.js';
import { CLOCK_SKEW_MS } from '../record/expiry.js';
import type { Lease } from '../record/renewal.js';

const MIN_PAUSE_MS = 10;
const MAX_PAUSE_MS = 250;

/** A lease of another caller, as somebody sees it who waits for its end. */
export class SeenLease {
  readonly #holder: string;
  readonly #process: HostProcess;
  readonly #since: number;
  readonly #end: number;

  constructor({ holder, ms }: Lease, process: HostProcess) {
    this.#holder = holder;
    this.#process = process;
    this.#since = process.now();
    this.#end = this.#since + ms;
  }

  /** Returns whether it is this lease. One that its caller took again is another. */
  is({ holder }: Lease): boolean {
    return this.#holder === holder;
  }

  /** Whether its time has passed since it was first seen, by no clock but this process's own. */
  get isOver(): boolean {
    return this.#process.now() >= this.#end;
  }

  /** Waits a fourth as long as before, so that few looks are too early and none comes late. */
  pause(): Promise<void> {
    const now = this.#process.now();
    const pause = Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, (now - this.#since) / 4));
    const jittered = pause * (0.75 + Math.random() / 2);
    return this.#process.pause(Math.min(jittered, Math.max(0, this.#end - now)));
  }
}

/** Returns whether the holder of a lease has died. Clocks differ, so a caller who has seen all of it need not ask them. */
export function isOver(lease: Lease, seen: SeenLease | null, now: number): boolean {
  return (seen?.is(lease) && seen.isOver) || lease.until + CLOCK_SKEW_MS <= now;
}
