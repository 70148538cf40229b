/**
 * What was recorded of concurrent operations: on sessions, or on the records of a store. In any order. See
 * `checkHistory`.
 */
export type History = readonly HistoryEntry[];

/** An operation, or a time in which a server may have lost something. */
export type HistoryEntry = HistoryOperation | HistoryLoss;

/** One operation: who called when, what it does, and how it ended. */
export type HistoryOperation = HistoryCall & (HistoryRead | (HistoryChange & (Answered | Unanswered)));

/** Who called, and when. */
export interface HistoryCall {
  /**
   * Which session, or which record. Each key is checked alone.
   * @default all operations without a key are on one session
   */
  readonly key?: string | undefined;
  /** Who called. Only the text of a failure shows it: calls of one process may overlap. */
  readonly process: string;
  /**
   * When it was called, in milliseconds, by one clock for the whole history. Processes of one machine share the
   * clock of `process.hrtime.bigint()`, which counts nanoseconds.
   */
  readonly called: number;
}

/** A read, and what it saw. Leave out a read that failed: it says nothing. */
export interface HistoryRead {
  readonly kind: 'read';
  /** The value that it saw, or `null` if there was nothing. */
  readonly saw: string | null;
  readonly outcome: 'ok';
  /** When the answer came, by the same clock. Not before `called`. */
  readonly returned: number;
}

/**
 * An operation that changes something. A value is a name for what was written, such as a counter with the name of
 * the process. Give each write another one: then the check finds most, and is fast. Never take a session's data.
 */
export type HistoryChange =
  /** Writes the value, whatever was there. */
  | ({ readonly kind: 'write'; readonly value: string } & Ending)
  /** Writes the value if something is there. Refused if there is nothing. */
  | ({ readonly kind: 'replace'; readonly value: string } & Ending)
  /**
   * Writes the value `to` if the value is `from`, in one step. `null` is nothing: it creates, or removes. Refused
   * if something else is there. An `update` is a swap from what its function got to what it returned.
   */
  | ({ readonly kind: 'swap'; readonly from: string | null; readonly to: string | null } & Ending)
  /** Moves the end of the value, if something is there. Refused if there is nothing. */
  | ({ readonly kind: 'touch' } & Ending)
  /** Removes what is there. */
  | { readonly kind: 'remove' };

/** When a value ends. */
export interface Ending {
  /**
   * Until when the value can be seen, in milliseconds, by the clock of the history. See `expiryTolerance`.
   * @default it has no end
   */
  readonly until?: number | undefined;
}

/** An operation that got its answer. */
export interface Answered {
  /**
   * `refused`: it changed nothing. A refused swap found another value, a refused replace or touch found nothing; a
   * refused write or remove says nothing more.
   */
  readonly outcome: 'ok' | 'refused';
  /** When the answer came, by the same clock. Not before `called`. */
  readonly returned: number;
}

/** An operation whose answer was lost. It may take effect once, at any time from its call on, or never. */
export interface Unanswered {
  readonly outcome: 'unknown';
  /** When the caller gave up. It plays no part: the operation may take effect later. */
  readonly returned?: number | undefined;
}

/**
 * A time in which a server may lose what it has acknowledged, such as a failover of Redis: whenever it does, the value is
 * again one that it was at some time from `since` on.
 */
export interface HistoryLoss {
  readonly kind: 'loss';
  /** On which key. @default on each */
  readonly key?: string | undefined;
  /** How far back a loss goes. Milliseconds, by the same clock, as all of these. */
  readonly since: number;
  /** When the first loss may happen. Not before `since`. */
  readonly from: number;
  /** When the last loss may happen. Not before `from`. */
  readonly to: number;
}

/** How a history is checked. */
export interface HistoryOptions {
  /**
   * How far the end of a value may be from `until`, earlier or later, in milliseconds: how much the clock that ends values may
   * differ from that of the history, and how it rounds.
   * @default 0
   */
  readonly expiryTolerance?: number | undefined;
}

/** Whether a history is linearizable, and why not. */
export type HistoryVerdict =
  | { readonly isLinearizable: true; readonly failure: null; readonly losses: number }
  | { readonly isLinearizable: false; readonly failure: HistoryFailure; readonly losses: number };

/** The first thing in a history that is impossible. */
export interface HistoryFailure {
  /** What is impossible, as text: a line for each operation of the part, and one sentence. */
  readonly text: string;
  /** Of which key, or `null` for the operations without a key. */
  readonly key: string | null;
  /** The smallest part of the history that is impossible, in the order of the calls. */
  readonly operations: readonly HistoryOperation[];
}
