import { SessionError } from '../../lib/errors.js';
import { refuseUnknown } from '../../lib/unknown-option.js';

/** Options of `MemoryStore`. */
export interface MemoryStoreOptions {
  /**
   * How many records the store keeps at most: a whole number from 1 to 16,000,000. One more, and the record goes
   * that was not read or written for the longest time. Its session has then ended: who had it is signed out.
   *
   * All MemoryStores with the same cookie name keep their sessions together. If they are given different
   * values, the smallest one counts for all of them, until the process ends. A store without a value does
   * not count.
   * @default 100,000
   */
  max?: number | undefined;
}

/** What `max` is if no store of the cookie name gives it. */
export const DEFAULT_MAX = 100_000;

/** A Map of V8 holds 16,777,216 entries. */
const LARGEST_MAX = 16_000_000;

/**
 * Returns the `max` that was given, or null.
 *
 * @throws ERR_SESSION_OPTIONS for a bad value, and for an option that does not exist.
 */
export function givenMax(options: MemoryStoreOptions): number | null {
  refuseUnknown('MemoryStore', options, ['max'], {});
  const { max } = options;
  if (max === undefined) return null;
  if (!Number.isInteger(max) || max < 1 || max > LARGEST_MAX) {
    throw new SessionError(
      'ERR_SESSION_OPTIONS',
      'MemoryStore option max: give the number of sessions to keep, a whole number from 1 to 16,000,000.',
    );
  }
  return max;
}
