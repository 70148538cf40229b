/** Runs writes one after another: each begins when those before it have ended, however they ended. */
export class WriteQueue {
  /** The last of those under way; it never rejects. */
  #last: Promise<void> | undefined;

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
