import type { TestInfo } from '@playwright/test';
import type { BackendRun } from '../backend/session-backend.js';
import type { BrowserSession } from './browser-session.js';

/** When a test's store spans and sessions go into its report. */
export type ReportWhen = 'on-failure' | 'always';

/** What a report may show of a session's data. */
export type Redact = (data: object) => unknown;

export interface ReportOptions {
  readonly when: ReportWhen;
  readonly redact: Redact;
}

/** One test's run, up to what its report shows of it. */
export class FixtureRun {
  readonly run: BackendRun;
  readonly #testInfo: TestInfo;
  readonly #report: ReportOptions;
  readonly #cookies = new Set<string>();

  constructor(run: BackendRun, testInfo: TestInfo, report: ReportOptions) {
    this.run = run;
    this.#testInfo = testInfo;
    this.#report = report;
  }

  /** A browser's first moment: a session that `use.storageState` has brought belongs to other tests, too. */
  async opened(session: BrowserSession<object>): Promise<void> {
    await session.keep();
  }

  /** A browser's last moment: its session is reported, and will be removed. */
  async closing(name: string, session: BrowserSession<object>): Promise<void> {
    // The test may have closed it by itself.
    const cookie = await session.cookie().catch(() => undefined);
    if (cookie === undefined) return;
    this.#cookies.add(cookie);
    if (this.#isWanted) await this.#attach(name, await this.#reported(session));
  }

  async end(): Promise<void> {
    try {
      if (this.#isWanted && this.run.spans) await this.#attach('session store spans', await this.run.spans());
    } finally {
      await this.run.end([...this.#cookies]);
    }
  }

  /** A store that is out of reach may be why the test failed: the report says so. */
  async #reported(session: BrowserSession<object>): Promise<unknown> {
    try {
      const data = await session.read();
      return data && this.#report.redact(data);
    } catch (error) {
      return { error: error instanceof Error ? error.message : 'not an Error' };
    }
  }

  /** Known when the test itself is over. */
  get #isWanted(): boolean {
    const { status, expectedStatus } = this.#testInfo;
    return this.#report.when === 'always' || status !== expectedStatus;
  }

  #attach(name: string, value: unknown): Promise<void> {
    const body = JSON.stringify(value, null, 2);
    return this.#testInfo.attach(name, { body, contentType: 'application/json' });
  }
}

/** Keys and types: a report may be read by more people than the test's data is for. */
export function redactValues(data: unknown): unknown {
  if (data === null) return null;
  if (Array.isArray(data)) return data.map(redactValues);
  if (typeof data !== 'object') return `<${typeof data}>`;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, redactValues(value)]));
}
