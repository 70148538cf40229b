/** A point in time by which a piece of work has to be done. It counts real time, whatever clock sessions use. */
export class Deadline {
  /** By `performance.now()`. */
  readonly at: number;

  constructor(ms: number) {
    this.at = performance.now() + ms;
  }

  get passed(): boolean {
    return performance.now() >= this.at;
  }

  /** Runs `onTimeout` when it has come, unless the timer is cleared before. */
  timer(onTimeout: () => void): NodeJS.Timeout {
    return setTimeout(onTimeout, Math.max(0, this.at - performance.now()));
  }

  /** The work's result, or a rejection with `onTimeout()` when it comes too late. A late result is dropped. */
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
