import type {
  Fixtures,
  PlaywrightTestArgs,
  PlaywrightTestOptions,
  PlaywrightWorkerArgs,
  PlaywrightWorkerOptions,
} from '@playwright/test';
import type { BackendConnection, SessionBackend, SessionSettings } from '../backend/session-backend.js';
import { BrowserSession } from './browser-session.js';
import { FixtureRun, type Redact, type ReportWhen, redactValues } from './fixture-run.js';
import { TestUsers } from './test-users.js';

export interface SessionFixtureOptions<Data extends object = Record<string, unknown>>
  extends SessionSettings<Data> {
  /** How to reach the app's sessions. A project may choose another by `use.sessionBackend`. */
  readonly backend: SessionBackend;
  /**
   * When the test's store spans and its final sessions go into the report; a project may choose by
   * `use.sessionReport`. @default 'on-failure'
   */
  readonly report?: ReportWhen | undefined;
  /** What of a session's data the report shows. @default its keys, with types for values */
  readonly redact?: Redact | undefined;
}

export interface SessionTestFixtures<Data extends object = Record<string, unknown>> {
  /** Users with browsers of their own, already signed in. */
  sessions: TestUsers<Data>;
  /** The session of the default `page`. */
  session: BrowserSession<Data>;
  /** When the report is to show sessions. */
  sessionReport: ReportWhen;
  /** @internal */
  sessionRun: FixtureRun;
}

export interface SessionWorkerFixtures {
  /** How to reach the app's sessions. */
  sessionBackend: SessionBackend;
  /** @internal */
  sessionConnection: BackendConnection;
}

/**
 * Fixtures for `test.extend`: `sessions`, users who are signed in, and `session`, that of the default page.
 *
 * @example
 * export const test = base.extend(sessionFixtures<SessionData>({ backend: controlBackend() }));
 *
 * test('shows the account', async ({ sessions }) => {
 *   const ada = await sessions.as({ user: { name: 'Ada' } });
 *   await ada.page.goto('/account');
 * });
 */
export function sessionFixtures<Data extends object = Record<string, unknown>>({
  backend,
  report = 'on-failure',
  redact = redactValues,
  ...settings
}: SessionFixtureOptions<Data>): Fixtures<
  SessionTestFixtures<Data>,
  SessionWorkerFixtures,
  // Spelled out, not by a name of its own: TypeScript then infers what extend() adds.
  PlaywrightTestArgs & PlaywrightTestOptions,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions
> {
  return {
    sessionBackend: [backend, { option: true, scope: 'worker' }],
    sessionReport: [report, { option: true }],

    sessionConnection: [
      async ({ sessionBackend }, use) => {
        const connection = await sessionBackend.connect(settings as SessionSettings<object>);
        await use(connection);
        await connection.close();
      },
      { scope: 'worker', box: true },
    ],

    sessionRun: [
      async ({ sessionConnection, sessionReport }, use, testInfo) => {
        const run = new FixtureRun(await sessionConnection.startRun(), testInfo, {
          when: sessionReport,
          redact,
        });
        await use(run);
        await run.end();
      },
      { box: true },
    ],

    // By these the app knows whose requests they are: of every browser, and of `request`.
    extraHTTPHeaders: async ({ extraHTTPHeaders, sessionRun }, use) => {
      await use({ ...extraHTTPHeaders, ...sessionRun.run.headers });
    },

    context: async ({ context, baseURL, sessionRun }, use) => {
      const session = new BrowserSession(sessionRun.run, context, baseURL);
      await sessionRun.opened(session);
      await use(context);
      await sessionRun.closing('session', session);
    },

    session: async ({ context, baseURL, sessionRun }, use) => {
      await use(new BrowserSession<Data>(sessionRun.run, context, baseURL));
    },

    sessions: async ({ browser, baseURL, extraHTTPHeaders, sessionRun }, use) => {
      const isMarked = Object.keys(sessionRun.run.headers).every((name) => extraHTTPHeaders?.[name]);
      const users = new TestUsers<Data>(sessionRun.run, { browser, baseURL, isMarked });
      await use(users);
      for (const [index, { session, context }] of users.all.entries()) {
        await sessionRun.closing(`session of user ${index + 1}`, session);
        await context.close();
      }
    },
  };
}
