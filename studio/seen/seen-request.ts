import type {
  LifeEvent,
  RecordSource,
  RefreshOutcome,
  StoreOperation,
  StoreOutcome,
} from '../../src/events/session-event.js';

/** A request of the app, as the studio's page gets it. It holds no session ID, no key and no query. */
export interface SeenRequest {
  readonly id: number;
  readonly method: string;
  readonly path: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** By how much the clock of its session was put forward, in milliseconds. */
  readonly aheadMs: number;
  readonly state: RequestState;
  /** Whether the request came with a cookie of a session, and whether it counted. */
  readonly cookie: 'none' | 'sent' | 'refused';
  /** The session cookies that the response sets. */
  readonly setCookies: readonly SetCookie[];
  /** The handles of the sessions that its calls were about. */
  readonly sessions: readonly string[];
  readonly calls: readonly SeenCall[];
  /** How many further calls are not shown. */
  readonly moreCalls: number;
  readonly events: readonly SeenEvent[];
  /** The library's warnings that came while it ran. Each comes once in a process. */
  readonly warnings: readonly SeenWarning[];
}

/** A warning of the library. */
export interface SeenWarning {
  readonly text: string;
  /** Where the docs explain it: a page of `docs`, and a heading of it. */
  readonly guide: string;
}

type RequestState =
  | { readonly is: 'running' }
  | { readonly is: 'answered'; readonly status: number; readonly durationMs: number }
  /** The client left, or the server ended the connection, before all of the response was sent. */
  | { readonly is: 'aborted'; readonly durationMs: number };

/** A session cookie in a response, without its value. */
export interface SetCookie {
  readonly name: string;
  readonly is: 'set' | 'expired';
  /** As in the header: `Path=/; HttpOnly; SameSite=lax`. */
  readonly attributes: string;
}

/** A call of the store, or a refresh. */
export interface SeenCall {
  readonly operation: StoreOperation | 'refresh';
  /** The name of the store; null for a refresh. */
  readonly store: string | null;
  /** The handle of its session, if it is about one. */
  readonly session: string | null;
  /** Milliseconds after the start of the request. */
  readonly atMs: number;
  /** Whether a fault of the studio hit it. */
  readonly isFaulted: boolean;
  readonly end: SeenEnd | null;
}

interface SeenEnd {
  readonly outcome: StoreOutcome | RefreshOutcome;
  readonly durationMs: number;
  /** Bytes. */
  readonly size?: number | undefined;
  /** Seconds. */
  readonly ttl?: number | undefined;
  /** Where the record was, if not in the system behind the store. */
  readonly source?: RecordSource | undefined;
  /** A code from a closed list, or `_OTHER`. */
  readonly errorType?: string | undefined;
}

/** A change in the life of a session. */
type SeenEvent = LifeEvent & {
  /** Milliseconds after the start of the request. */
  readonly atMs: number;
};
