import type { Deadline } from './deadline.js';

/** A call that waits for an answer. */
export interface PendingCall {
  readonly deadline: Deadline;
  /** Is called at the deadline. */
  giveUp(): void;
}

/**
 * The calls that wait, each until its deadline. One timer serves them all: in Next every timer
 * carries all AsyncLocalStorages, and costs as much as hashing a session ID.
 */
export class PendingCalls {
  readonly #calls = new Set<PendingCall>();
  #timer: NodeJS.Timeout | undefined;
  #wakesAt = Number.POSITIVE_INFINITY;

  add(call: PendingCall): void {
    this.#calls.add(call);
    if (call.deadline.at < this.#wakesAt) this.#wakeAt(call.deadline);
    else if (this.#calls.size === 1) this.#timer?.ref();
  }

  /** Returns false for a call that was given up. */
  delete(call: PendingCall): boolean {
    const isAwaited = this.#calls.delete(call);
    // The timer may still fire when no call waits, and must not keep the process alive for that.
    if (this.#calls.size === 0) this.#timer?.unref();
    return isAwaited;
  }

  #wakeAt(deadline: Deadline): void {
    clearTimeout(this.#timer);
    this.#wakesAt = deadline.at;
    this.#timer = deadline.timer(() => this.#wake());
  }

  #wake(): void {
    this.#wakesAt = Number.POSITIVE_INFINITY;
    let next: Deadline | undefined;
    for (const call of this.#calls) {
      if (call.deadline.passed) {
        this.#calls.delete(call);
        call.giveUp();
      } else if (!next || call.deadline.at < next.at) next = call.deadline;
    }
    if (next) this.#wakeAt(next);
  }
}
