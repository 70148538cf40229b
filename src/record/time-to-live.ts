import type { SessionRecord } from '../store-contract/session-record.js';
import { recordTime } from './record-time.js';

const DAY_MS = 86_400_000;

/** Returns how long a record is needed from now on, in milliseconds, for a store that counts them down by the clock of its server. */
export function msToLive({ cookie }: SessionRecord, now: number): number {
  const until = recordTime(cookie?.expires);
  if (until === null || Number.isNaN(until)) return Math.ceil(cookie?.originalMaxAge ?? DAY_MS);
  return Math.ceil(until - now);
}
