import { isObject, isOutOfStack, tooDeep } from '../lib/json.js';
import type { SessionRecord } from '../store-contract/session-record.js';

/**
 * Returns a record as JSON.
 *
 * @throws ERR_SESSION_DATA for one that nests too deep.
 */
export function recordText(record: SessionRecord): string {
  try {
    return JSON.stringify(record);
  } catch (error) {
    throw isOutOfStack(error) ? tooDeep() : error;
  }
}

/** Returns the record of a text; null for one that cannot be read: an error would make every request of its visitor fail. */
export function parseRecord(text: string): SessionRecord | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Returns whether an error says that a text holds no record. The error may be of another realm, as test runners make them. */
export function isUnreadableText(error: unknown): boolean {
  return isObject(error) && (error.name === 'SyntaxError' || error.name === 'RangeError');
}
