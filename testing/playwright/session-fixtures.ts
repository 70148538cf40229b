import type {
  Fixtures,
  PlaywrightTestArgs,
  PlaywrightTestOptions,
  PlaywrightWorkerArgs,
  PlaywrightWorkerOptions,
} from '@playwright/test';
import { SessionError } from '../../src/lib/errors.js';
import type { BackendConnection, SessionBackend, SessionSettings } from '../backend/session-backend.js';
import type { BrowserSession } from './browser-session.js';
import { FixtureRun, type Redact, type ReportWhen, redactValues } from './fixture-run.js';
import { TestUsers } from './test-users.js';

/** Options of `sessionFixtures`: the backend, the report, and how the app sets up its sessions. */
export interface SessionFixtureOptions<Data extends object = Record<string, unknown>>
  extends SessionSettings<Data> {
  /** How to reach the app's sessions. A project can set another one as `use.sessionBackend`. */
  readonly backend: SessionBackend;
  /**
   * When the report shows a test's store spans and final sessions. A project can set `use.sessionReport`.
   * @default 'on-failure'
   */
  readonly report?: ReportWhen | undefined;
  /** Returns what the report shows of a session's data. @default the keys, with types instead of values */
  readonly redact?: Redact | undefined;
}

/** The fixtures of each test. */
export interface SessionTestFixtures<Data extends object = Record<string, unknown>> {
  /** Makes users with their own browsers, already signed in. */
  sessions: TestUsers<Data>;
  /** The session of the default `page`. */
  session: BrowserSession<Data>;
  /** When the report shows store spans and sessions. */
  sessionReport: ReportWhen;
  /** @internal */
  sessionRun: FixtureRun;
}

/** The fixtures of each worker. */
export interface SessionWorkerFixtures {
  /** How to reach the app's sessions. */
  sessionBackend: SessionBackend;
  /** @internal */
  sessionConnection: BackendConnection;
}

/**
 * Makes fixtures for `test.extend`: `sessions` makes users who are signed in, and `session` is the session of
 * the default page. Sessions of a test are deleted when it is over.
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
  // Not a named type: only with these does TypeScript infer what extend() adds.
  PlaywrightTestArgs & PlaywrightTestOptions,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions
> {
  return {
    sessionBackend: [backend, { option: true, scope: 'worker' }],
    sessionReport: [report, { option: true }],

    sessionConnection: [
      async ({ sessionBackend }, use) => {
        requireBackend(sessionBackend);
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

    // The app tells the tests apart by these headers. They go with every browser, and with `request`.
    extraHTTPHeaders: async ({ extraHTTPHeaders, sessionRun }, use) => {
      await use({ ...extraHTTPHeaders, ...sessionRun.run.headers });
    },

    context: async ({ context, baseURL, sessionRun }, use) => {
      const session = sessionRun.sessionOf(context, baseURL);
      // One of `use.storageState` is for other tests, too.
      await session.keep();
      await use(context);
      await sessionRun.closing('session', session);
    },

    session: async ({ context, baseURL, sessionRun }, use) => {
      await use(sessionRun.sessionOf(context, baseURL) as BrowserSession<Data>);
    },

    sessions: async ({ browser, baseURL, extraHTTPHeaders, sessionRun }, use) => {
      const hasRunHeaders = Object.keys(sessionRun.run.headers).every((name) => extraHTTPHeaders?.[name]);
      const users = new TestUsers<Data>(sessionRun.run, { browser, baseURL, hasRunHeaders });
      await use(users);
      for (const [index, { session, context }] of users.all.entries()) {
        await sessionRun.closing(`session of user ${index + 1}`, session);
        await context.close();
      }
    },
  };
}

function requireBackend(backend: SessionBackend | undefined): void {
  if (typeof backend?.connect === 'function') return;
  throw new SessionError(
    'ERR_SESSION_TESTING',
    'sessionFixtures has no backend. Pass backend: redisBackend(url) or sqlBackend(client) if the app keeps its sessions in ' +
      'Redis or a database, else backend: controlBackend().',
  );
}
