import type { StoreOperation, StoreOutcome } from '../../src/events/session-event.js';
import type { SessionRecord } from '../../src/store-contract/store.js';

/** A call of the store. */
export interface StoreCallRecord {
  readonly operation: StoreOperation;
  readonly outcome: StoreOutcome;
  /** Seconds until the record that was read or written expires, if it says when. */
  readonly ttl?: number;
  /** How long the call took, in real milliseconds. */
  readonly durationMs: number;
}

/** A session in the store. */
export interface SessionView {
  /** The key that the store knows it by: the hash of its ID, or the ID itself with `hashIds: false`. */
  readonly key: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** In epoch milliseconds. Null in a record of version 1 or express-session, which does not hold it. */
  readonly createdAt: number | null;
  /** The date in the record, in epoch milliseconds. Null if the record has none. */
  readonly expiresAt: number | null;
}

/** All records of a store at one moment, by key. `restore` takes it. */
export type StoreSnapshot = ReadonlyMap<string, SessionRecord>;
