import type { StoreOperation, StoreOutcome } from '../../src/events/session-event.js';
import type { SessionRecord } from '../../src/store-contract/store.js';

/** A call as the store saw it. */
export interface StoreCallRecord {
  readonly operation: StoreOperation;
  readonly outcome: StoreOutcome;
  /** Seconds that the record had left: of what was read or written. */
  readonly ttl?: number;
  readonly durationMs: number;
}

/** A session as it is stored. */
export interface SessionView {
  /** What the store knows it by: the hash of its ID, or the ID where the store has `hashIds: false`. */
  readonly key: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly createdAt: number | null;
  readonly expiresAt: number | null;
}

/** What a store held: give it to `restore`. */
export type StoreSnapshot = ReadonlyMap<string, SessionRecord>;
