import { SessionError } from '../../lib/errors.js';
import { recordTime } from '../../record/record-time.js';
import type { SessionRecord } from '../../store-contract/store.js';

/**
 * Returns a record as the text that MemoryStore keeps: the time when it expires, a comma, and its JSON. The
 * time can be read without parsing the JSON, and every reader gets a copy.
 *
 * @throws ERR_SESSION_DATA when the record is not JSON.
 */
export function toText(record: SessionRecord): string {
  const endsAt = recordTime(record.cookie?.expires);
  try {
    return `${endsAt === null || Number.isNaN(endsAt) ? '' : endsAt},${JSON.stringify(record)}`;
  } catch {
    throw new SessionError(
      'ERR_SESSION_DATA',
      'The record is not JSON, or nests too deep. Store plain values.',
    );
  }
}

export function fromText(text: string): SessionRecord {
  return JSON.parse(text.slice(text.indexOf(',') + 1));
}

/** Returns when a record expires, epoch milliseconds, or `Infinity` if it has no readable date. */
export function endOf(text: string): number {
  const endsAt = text.slice(0, text.indexOf(','));
  return endsAt === '' ? Number.POSITIVE_INFINITY : Number(endsAt);
}
