import type { StoreOperation } from '../../src/events/session-event.js';
import type { NextAppSession } from '../../src/next-app-session.js';
import type { Options } from '../../src/options/options.js';
import type { RecordedSpan } from '../../src/telemetry/recording-sink.js';
import type { FailOptions } from '../store/store-faults.js';

/**
 * What a backend has to know of the app's sessions: the `session` that the app made, or the options that it made it
 * with.
 */
export interface SessionSettings<Data extends object = Record<string, unknown>>
  extends Pick<
    Options<Data>,
    'name' | 'secret' | 'cookie' | 'idleTimeout' | 'absoluteTimeout' | 'hashIds' | 'genid' | 'user'
  > {
  /** What the app's `nextAppSession(…)` returned. */
  readonly session?: NextAppSession<Data> | undefined;
}

/** A session's cookie as the app would set it, named as Playwright names its parts. */
export interface BackendCookie {
  readonly name: string;
  /** Encoded. */
  readonly value: string;
  /** Undefined for the host alone. */
  readonly domain?: string;
  readonly path: string;
  /** Epoch seconds; -1 for as long as the browser is open. */
  readonly expires: number;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite?: 'Lax' | 'Strict' | 'None';
}

/** An error of the test's own cannot travel to the app. */
export type FaultOptions = Pick<FailOptions, 'times'>;

/** How a worker of Playwright reaches the sessions of the app under test. */
export interface SessionBackend {
  /** Once a worker, before its first test. */
  connect(settings: SessionSettings<object>): Promise<BackendConnection>;
}

export interface BackendConnection {
  /** Before each test. */
  startRun(): Promise<BackendRun>;
  close(): Promise<void>;
}

/** What one test does to sessions. A `cookie` is the value that a browser has, decoded. */
export interface BackendRun {
  /** The name of the session cookie. */
  readonly cookieName: string;
  /** Goes with every request of the test's browsers, where the app can tell by it whose requests they are. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Puts data into the session of a cookie; into a new one, whose cookie it returns, if that leads to none.
   *
   * @param createdAt epoch milliseconds. @default now, or as it was
   */
  write(cookie: string | null, data: object, createdAt: number | null): Promise<BackendCookie | null>;
  read(cookie: string): Promise<object | null>;
  /** The session ID of a live session. */
  id(cookie: string): Promise<string | null>;
  /** Lets it time out. */
  expire(cookie: string): Promise<void>;
  revoke(cookie: string): Promise<void>;
  /** Leaves the session there when the test is over. */
  keep(cookie: string): Promise<void>;
  /** Lets the store fail, for this test's requests alone. */
  fail?(operation: StoreOperation, options: FaultOptions): Promise<void>;
  /** Slows the store down, for this test's requests alone. */
  delay?(operation: StoreOperation, ms: number): Promise<void>;
  /** Those of the test's requests so far. */
  spans?(): Promise<readonly RecordedSpan[]>;
  /** Removes what the test put there, and the sessions of these cookies. */
  end(cookies: readonly string[]): Promise<void>;
}
