import type { RejectReason } from '../../src/events/session-event.js';
import type { JsonObject } from '../../src/lib/json.js';

/** A row of the table of sessions. Times are epoch milliseconds. */
export interface SeenSession {
  readonly handle: string;
  /** The name of its cookie. */
  readonly name: string;
  readonly state: SessionState;
  /** Whether this process knows its ID, so that the app can be opened as this session. */
  readonly canOpen: boolean;
}

export type SessionState =
  | ({ readonly is: 'live' | 'expired' } & SessionFacts)
  /** A grace copy: the session has got a new ID. */
  | { readonly is: 'moved'; readonly until: number }
  | { readonly is: 'rejected'; readonly reason: RejectReason }
  | { readonly is: 'gone' }
  /** The store did not say. */
  | { readonly is: 'unknown'; readonly why: string };

export interface SessionFacts {
  /** What the `user` option returns; empty while nobody is signed in. */
  readonly users: readonly (string | number)[];
  /** What the `listed` option shows. */
  readonly listed: object;
  readonly createdAt: number | null;
  readonly lastSeenAt: number | null;
  readonly expiresAt: number | null;
  readonly regeneratedAt: number | null;
  /** Bytes of its data as JSON. */
  readonly size: number;
}

/** One session with all of its data. */
export interface SessionDetail extends SeenSession {
  /** Its data and the version of that, if it is live. An edit has to name the version that it saw. */
  readonly content: SessionContent | null;
  /** What this process wrote, the oldest first. */
  readonly writes: readonly SeenWrite[];
}

export interface SessionContent {
  readonly data: JsonObject;
  readonly version: string;
}

export interface SeenWrite {
  readonly at: number;
  /** The request that wrote it; null for an edit in the studio. */
  readonly request: number | null;
  /** Null if the record cannot be opened any more, as after a change of the encryption key. */
  readonly data: JsonObject | null;
}

/** What came of an edit. */
export type SaveResult =
  | { readonly is: 'saved'; readonly content: SessionContent }
  /** Somebody else has changed the session. It is as in `content` now. */
  | { readonly is: 'conflict'; readonly content: SessionContent }
  | { readonly is: 'gone' };
