/** The time that sessions go by. */
export interface Clock {
  /** Returns the current time, epoch milliseconds. */
  now(): number;
  /** Whether a test has set it. */
  readonly source: 'system' | 'test';
}

// Not Date.now itself: fake timers put another one in its place.
export const systemClock: Clock = { now: () => Date.now(), source: 'system' };
