import type { BrowserContext, TestInfo } from '@playwright/test';
import { SessionError } from '../../src/lib/errors.js';
import type { BackendRun } from '../backend/session-backend.js';
import { BrowserSession } from './browser-session.js';

/** When the report of a test shows its store spans and sessions. */
export type ReportWhen = 'on-failure' | 'always';

/** Returns what a report may show of a session's data. */
export type Redact = (data: object) => unknown;

/** When a report shows sessions, and what of them. */
export interface ReportOptions {
  readonly when: ReportWhen;
  readonly redact: Redact;
}

/** The run of one test, and what the test's report shows of it. */
export class FixtureRun {
  readonly run: BackendRun;
  readonly #testInfo: TestInfo;
  readonly #report: ReportOptions;
  readonly #sessions = new Map<BrowserContext, BrowserSession<object>>();
  readonly #cookies = new Set<string>();
  /** Why the app did not accept sessions of this test. */
  readonly #reasons = new Set<string>();

  constructor(run: BackendRun, testInfo: TestInfo, report: ReportOptions) {
    this.run = run;
    this.#testInfo = testInfo;
    this.#report = report;
  }

  /** Returns the session of a browser context, the same one each time. */
  sessionOf(context: BrowserContext, baseURL: string | undefined): BrowserSession<object> {
    const session = this.#sessions.get(context) ?? new BrowserSession(this.run, context, baseURL);
    this.#sessions.set(context, session);
    return session;
  }

  /** Called before a browser closes. Reports its session, which `end` then deletes. */
  async closing(name: string, session: BrowserSession<object>): Promise<void> {
    if (this.#hasFailed) await this.#explain(session);
    // This fails if the test has closed the browser itself.
    const cookie = await session.cookie().catch(() => undefined);
    if (cookie === undefined) return;
    this.#cookies.add(cookie);
    if (this.#isWanted) await this.#attach(name, await this.#reported(session));
  }

  /**
   * Reports the test's spans and deletes its sessions.
   *
   * @throws ERR_SESSION_TESTING if the test has failed, and the app did not accept its sessions. Playwright shows it below the
   * error of the test.
   */
  async end(): Promise<void> {
    try {
      if (this.#isWanted && this.run.spans) await this.#attach('session store spans', await this.run.spans());
    } finally {
      await this.run.end([...this.#cookies]);
    }
    if (this.#reasons.size > 0) {
      throw new SessionError('ERR_SESSION_TESTING', `sessionFixtures: ${[...this.#reasons].join('\n')}`);
    }
  }

  async #explain(session: BrowserSession<object>): Promise<void> {
    // Neither a closed browser nor a store that fails may hide what the test itself says.
    const reason = await session.explain().catch(() => null);
    if (reason !== null) this.#reasons.add(reason);
  }

  /** Returns what the report shows of a session. If the store fails, that is the store's error. */
  async #reported(session: BrowserSession<object>): Promise<unknown> {
    try {
      const data = await session.read();
      return data && this.#report.redact(data);
    } catch (error) {
      return { error: error instanceof Error ? error.message : 'not an Error' };
    }
  }

  /** Whether the report shows sessions. */
  get #isWanted(): boolean {
    return this.#report.when === 'always' || this.#hasFailed;
  }

  /** Known only when the test itself is over. */
  get #hasFailed(): boolean {
    const { status, expectedStatus } = this.#testInfo;
    return status !== expectedStatus;
  }

  #attach(name: string, value: unknown): Promise<void> {
    const body = JSON.stringify(value, null, 2);
    return this.#testInfo.attach(name, { body, contentType: 'application/json' });
  }
}

/** Keeps keys and replaces values by their types: a report may have more readers than the data should. */
export function redactValues(data: unknown): unknown {
  if (data === null) return null;
  if (Array.isArray(data)) return data.map(redactValues);
  if (typeof data !== 'object') return `<${typeof data}>`;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, redactValues(value)]));
}
