import type { StoreOperation } from '../../src/events/session-event.js';
import type { NextAppSession } from '../../src/next-app-session.js';
import type { Options } from '../../src/options/options.js';
import type { RecordedSpan } from '../../src/telemetry/recording-sink.js';
import type { FailOptions } from '../store/store-faults.js';
import type { SignIn } from './sign-in.js';

/**
 * How the app under test sets up its sessions: its `session`, or the options that it passes to
 * `nextAppSession`. With `session`, the options are not needed.
 */
export interface SessionSettings<Data extends object = Record<string, unknown>>
  extends Pick<
    Options<Data>,
    | 'name'
    | 'secret'
    | 'encryptionKey'
    | 'cookie'
    | 'idleTimeout'
    | 'absoluteTimeout'
    | 'hashIds'
    | 'genid'
    | 'user'
  > {
  /** The function that the app's `nextAppSession(…)` returned. */
  readonly session?: NextAppSession<Data> | undefined;
}

/** A session cookie as the app would set it, with the names that Playwright uses. */
export interface BackendCookie {
  readonly name: string;
  /** The encoded value. */
  readonly value: string;
  /** Missing if only the app's host gets the cookie. */
  readonly domain?: string;
  readonly path: string;
  /** In epoch seconds. -1 if the cookie ends when the browser is closed. */
  readonly expires: number;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite?: 'Lax' | 'Strict' | 'None';
  /** Whether the browser keeps another cookie for each site at the top (CHIPS). */
  readonly partitioned?: boolean;
}

/** Options of `sessions.fail`. A test cannot choose the error, since it cannot be sent to the app. */
export type FaultOptions = Pick<FailOptions, 'times'>;

/** How tests reach the sessions of the app. `controlBackend`, `redisBackend` and `sqlBackend` make one. */
export interface SessionBackend {
  /** Called once in each worker, before its first test. */
  connect(settings: SessionSettings<object>): Promise<BackendConnection>;
}

/** The connection of one worker. */
export interface BackendConnection {
  /** Called before each test. */
  startRun(): Promise<BackendRun>;
  close(): Promise<void>;
}

/** The sessions of one test. `cookie` is always the decoded value of a browser's session cookie. */
export interface BackendRun {
  /** The names of the session cookie: the one that is set, then former ones. */
  readonly cookieNames: readonly string[];
  /** Sent with every request of the test's browsers, so that the app can tell the tests apart. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Replaces the data of the session of a cookie. If there is no live session, it makes a new one.
   *
   * @param createdAt in epoch milliseconds. Null: now for a new session, unchanged for a live one.
   * @returns the cookie of a new session, null if there was a live one.
   */
  write(cookie: string | null, data: object, createdAt: number | null): Promise<BackendCookie | null>;
  read(cookie: string): Promise<object | null>;
  /** Returns the session ID, or null if there is no live session. */
  id(cookie: string): Promise<string | null>;
  /** Lets the session time out now. */
  expire(cookie: string): Promise<void>;
  revoke(cookie: string): Promise<void>;
  /** Keeps the session when the test is over. */
  keep(cookie: string): Promise<void>;
  /** Makes the store fail, only for this test's requests. */
  fail?(operation: StoreOperation, options: FaultOptions): Promise<void>;
  /** Slows the store down, only for this test's requests. */
  delay?(operation: StoreOperation, ms: number): Promise<void>;
  /** Returns why the app did not accept a session of the test; null if it did, or if nothing shows that it did not. */
  explain?(signIn: SignIn): Promise<string | null>;
  /** Returns the spans of the test's requests so far. */
  spans?(): Promise<readonly RecordedSpan[]>;
  /** Deletes the sessions of the test, and those of these cookies. */
  end(cookies: readonly string[]): Promise<void>;
}
