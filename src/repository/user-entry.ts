import type { RecordState } from '../record/read-record.js';
import type { Session } from '../record/record.js';
import type { EntryKey } from '../store-contract/store.js';

/** An entry of a user's index, and what its keys lead to. */
export interface UserEntry {
  /** The name of the entry. */
  readonly id: string;
  readonly keys: readonly UserEntryKey[];
  /** The live session; null if it has ended, or if this server cannot read its record. */
  readonly session: Session | null;
  /** Whether there is a session. One that this server cannot read counts: others may read it. */
  readonly isSession: boolean;
  /** Whether the record of a key may still be on its way. */
  readonly isRecent: boolean;
}

/** A key of an entry. */
interface UserEntryKey {
  readonly key: string;
  readonly state: RecordState;
}

/** Returns the keys of an entry, for the index. */
export function entryKeys({ id, keys }: UserEntry): EntryKey[] {
  return keys.map(({ key }) => ({ entry: id, key }));
}

/** Returns the keys of an entry, without those whose record may still be on its way. */
export function settledKeys(entry: UserEntry): EntryKey[] {
  const keys = entry.keys.filter(({ state }) => !entry.isRecent || state.is !== 'none');
  return entryKeys({ ...entry, keys });
}

/** Returns whether the record of a key may still be on its way. */
export function isWaiting(entry: UserEntry): boolean {
  return settledKeys(entry).length < entry.keys.length;
}
