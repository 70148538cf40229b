import type { Deadline } from '../lib/deadline.js';
import { requireAccess, type Scope, type WriteAccess } from '../scope/scope.js';

/** The turn of a write among the operations of its request. */
export interface Turn {
  readonly scope: Scope;
  readonly access: WriteAccess;
  readonly deadline: Deadline;
}

/** Runs the operations of a request one after another. If one fails, the next still runs. */
export class OperationQueue {
  readonly #newDeadline: () => Deadline;
  /** The end of the last operation in the queue. It never rejects. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(newDeadline: () => Deadline) {
    this.#newDeadline = newDeadline;
  }

  /**
   * Runs an operation when its turn comes. Returns its result. Its time runs from now, so that those that wait behind one that
   * times out do so together with it.
   */
  add<T>(operation: (deadline: Deadline) => Promise<T>): Promise<T> {
    const deadline = this.#newDeadline();
    const run = this.#last.then(() => operation(deadline));
    this.#last = run.catch(() => {});
    return run;
  }

  /** Runs a write in its turn, if the scope lets this request write. */
  addWrite(scope: Scope, write: (turn: Turn) => Promise<void>): Promise<void> {
    return this.add(async (deadline) => {
      const access = requireAccess(await scope.writeAccess());
      return write({ scope, access, deadline });
    });
  }
}
