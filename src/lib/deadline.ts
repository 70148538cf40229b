/** The time by which work has to be done. It is real time, even if a test sets the clock of sessions. */
export class Deadline {
  /** In milliseconds of `performance.now()`. */
  readonly at: number;

  constructor(ms: number) {
    this.at = performance.now() + ms;
  }

  get passed(): boolean {
    return performance.now() >= this.at;
  }

  /** Runs `onTimeout` at the deadline, unless the timer is cleared before. */
  timer(onTimeout: () => void): NodeJS.Timeout {
    return setTimeout(onTimeout, Math.max(0, this.at - performance.now()));
  }

  /** Returns the work's result. Rejects with `onTimeout()` at the deadline, and ignores a result after it. */
  limit<T>(work: PromiseLike<T>, onTimeout: () => Error): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = this.timer(() => reject(onTimeout()));
      work.then(
        (result) => {
          clearTimeout(timer);
          resolve(result);
        },
        (error) => {
          clearTimeout(timer);
          reject(error);
        },
      );
    });
  }
}
