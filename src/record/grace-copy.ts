import { CLOCK_SKEW_MS } from './expiry.js';

/** Where a grace copy is. */
export interface GraceCopy {
  /** What the store knows it by. */
  readonly key: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** Returns whether a copy may still be there, by the clock of any server. */
export function mayRemain({ until }: GraceCopy, now: number): boolean {
  return until + CLOCK_SKEW_MS > now;
}
