/** The clock that decides when sessions expire. */
export interface Clock {
  /** Returns the current time in epoch milliseconds. */
  now(): number;
  /** `test` if a test sets the time, else `system`. */
  readonly source: 'system' | 'test';
}

// Looks Date.now up at each call, because fake timers replace it.
export const systemClock: Clock = { now: () => Date.now(), source: 'system' };
