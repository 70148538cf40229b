import { SessionError } from '../../lib/errors.js';
import { recordTime } from '../../record/record-time.js';
import type { SessionRecord } from '../../store-contract/store.js';

/**
 * Returns a record as the text that MemoryStore keeps: when it ends, a comma, and its JSON. So whether it has ended is
 * known without parsing it, and whoever reads it gets a copy.
 *
 * @throws ERR_SESSION_DATA when the record is not JSON.
 */
export function toText(record: SessionRecord): string {
  const endsAt = recordTime(record.cookie?.expires);
  try {
    return `${endsAt === null || Number.isNaN(endsAt) ? '' : endsAt},${JSON.stringify(record)}`;
  } catch {
    throw new SessionError('ERR_SESSION_DATA', 'The record is not JSON. Store plain values.');
  }
}

export function fromText(text: string): SessionRecord {
  return JSON.parse(text.slice(text.indexOf(',') + 1));
}

/** Returns when a record ends, epoch milliseconds. One without a readable date never does. */
export function endOf(text: string): number {
  const endsAt = text.slice(0, text.indexOf(','));
  return endsAt === '' ? Number.POSITIVE_INFINITY : Number(endsAt);
}
