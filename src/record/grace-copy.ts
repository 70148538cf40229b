import { CLOCK_SKEW_MS } from './expiry.js';

/** How many grace copies one session may have at a time. Its record names them all. */
export const MAX_COPIES = 8;

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
