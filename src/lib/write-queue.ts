/** A queue that runs writes one after another. If one fails, the next still runs. */
export class WriteQueue {
  /** The end of the last write in the queue. It never rejects. */
  #last: Promise<void> | undefined;

  /** Runs a write when its turn comes. Returns its result. */
  add<T>(write: () => Promise<T>): Promise<T> {
    const run = this.#last ? this.#last.then(write) : write();
    const done = () => {
      if (this.#last === last) this.#last = undefined;
    };
    const last = run.then(done, done);
    this.#last = last;
    return run;
  }
}
