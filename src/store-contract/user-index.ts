import type { CallOptions, ReadOptions } from './call-options.js';
import type { SessionRecord } from './session-record.js';

/**
 * The index of each user: it says which sessions are whose. A session is one entry, which stays the same when the
 * session gets a new ID. An entry holds keys: that of the session's record and, while the session moves to a new
 * ID, those of both.
 *
 * The index may have keys of records that are gone, but it never misses one: a key is added before its record is
 * written, and removed only after its record is gone. So what `revoke` returns is all that there is. The store itself may
 * remove an entry a minute after its end, and one that is not revoked and has had no record for a minute.
 *
 * `user` is a hash of 43 letters of `[A-Za-z0-9_-]`. The name of an entry has 1 to 64 of these letters. Keys are as
 * `get` takes them.
 */
export interface UserIndex<Data extends object = Record<string, unknown>> {
  /**
   * Adds a key to an entry of the user, in one atomic step. Adds the entry if it is not there, unless `from` is given.
   * A key that is there stays there, and the later `until` counts.
   *
   * @returns false, and changes nothing, if the entry is revoked, or if it does not hold the key `from`. So a session
   * that was revoked cannot move on to a new ID. With `key` itself as `from`, the call says that the
   * record is written, and asks whether the key is still there.
   */
  add(user: string, entry: NewEntry, options: CallOptions): Promise<boolean>;
  /** Removes keys from entries of the user, and entries that hold no more keys. Ignores what is not there. */
  remove(user: string, keys: readonly EntryKey[], options: RemoveOptions): unknown;
  /**
   * Returns a page of the user's entries, those with the latest `until` first. Leaves revoked ones out. Does not slide
   * the idle timeout of any session.
   */
  list(user: string, page: IndexPage, options: ReadOptions): Promise<IndexedSessions<Data>>;
  /**
   * Revokes the chosen entries of the user, in one atomic step, and returns them: from now on `add` refuses them. They
   * stay until `remove` removes their keys. Those of them that an earlier call revoked and nobody removed are returned
   * again, and first.
   *
   * @returns `limit` entries at most. Fewer than that are the last ones.
   */
  revoke(user: string, choice: RevokeChoice, options: ReadOptions): Promise<readonly IndexedSession<Data>[]>;
}

/** Options of `remove`. */
export interface RemoveOptions extends CallOptions {
  /** Whether to leave entries alone that changed within the last minute: one that led to nothing may have a session by now. */
  readonly keepRecent?: boolean | undefined;
}

/** A key of an entry. */
export interface EntryKey {
  /** The name of the entry. */
  readonly entry: string;
  /** The session's key. */
  readonly key: string;
}

/** A key that is to be added to an entry. */
export interface NewEntry extends EntryKey {
  /**
   * When the entry ends, epoch milliseconds. The store keeps it for one minute more, since clocks differ. The session
   * ends with its entry.
   */
  readonly until: number;
  /** A key that the entry has to hold. */
  readonly from?: string | undefined;
}

/** Which part of a user's entries to list. */
export interface IndexPage {
  /** How many entries at most. */
  readonly limit: number;
  /** Where the page before ended, as `list` returned it. */
  readonly cursor?: string | undefined;
}

/** Which entries to revoke: those named in `only`, or else all but those in `except`. */
export interface RevokeChoice {
  readonly limit: number;
  readonly only?: readonly string[] | undefined;
  readonly except?: readonly string[] | undefined;
}

/** A page of a user's entries. */
export interface IndexedSessions<Data extends object = Record<string, unknown>> {
  readonly entries: readonly IndexedSession<Data>[];
  /** Where the next page begins; `null` after the last one. */
  readonly cursor: string | null;
}

/** An entry of a user's index, with the records of its keys. */
export interface IndexedSession<Data extends object = Record<string, unknown>> {
  /** The name of the entry. */
  readonly entry: string;
  readonly records: readonly IndexedRecord<Data>[];
  /** Whether a key was added within the last minute and nothing was said of its record: that may still be on its way. */
  readonly isRecent: boolean;
}

/** A key of an entry, with its record. */
export interface IndexedRecord<Data extends object = Record<string, unknown>> {
  /** The session's key. */
  readonly key: string;
  /** The record. `null` if it has not been written yet, is gone, or is unreadable. */
  readonly record: SessionRecord<Data> | null;
  /**
   * Whether there is a record that this process cannot read, or that is larger than `maxBytes`. Another process may be able
   * to.
   */
  readonly unreadable?: boolean | undefined;
  /** The size of the stored value in bytes, if the store knows. */
  readonly size?: number | undefined;
}
