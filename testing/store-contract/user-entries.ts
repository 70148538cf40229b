import type {
  IndexedRecord,
  IndexedSession,
  IndexedSessions,
  NewEntry,
} from '../../src/store-contract/store.js';

/** Keys of users have the shape of hashes, of 43 letters, as the library makes them. */
const START = 'ad_A-0'.padEnd(42, 'a');
export const ADA = `${START}a`;
export const BOB = `${START}b`;
/** As ADA, but for the case of the last letter. */
export const UPPER_ADA = `${START}A`;
export const NOBODY = `${START}z`;

const HOUR_MS = 3_600_000;

/** An end that no test outlasts. */
export const UNTIL = Date.now() + HOUR_MS;

/** Returns an entry to add, named after its key, as the session does it. */
export function entry(key: string, more: Partial<NewEntry> = {}): NewEntry {
  return { entry: `of-${key}`, key, until: UNTIL, ...more };
}

/** Returns the names of entries, in their order. */
export function namesOf(sessions: readonly IndexedSession<object>[]): string[] {
  return sessions.map(({ entry }) => entry);
}

/** Returns the keys of entries, sorted. */
export function keysOf(sessions: readonly IndexedSession<object>[]): string[] {
  return recordsOf(sessions)
    .map(({ key }) => key)
    .sort();
}

/** Returns the keys of all entries of a page, sorted. */
export function keysIn({ entries }: IndexedSessions<object>): string[] {
  return keysOf(entries);
}

export function recordsOf(sessions: readonly IndexedSession<object>[]): IndexedRecord<object>[] {
  return sessions.flatMap(({ records }) => records);
}

/** Returns the keys that have a record, sorted. */
export function recordedKeys({ entries }: IndexedSessions<object>): string[] {
  return recordsOf(entries)
    .filter(({ record }) => record !== null)
    .map(({ key }) => key)
    .sort();
}
