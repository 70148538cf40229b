import { defineConfig, devices } from '@playwright/test';
import {
  controlBackend,
  redisBackend,
  type SessionWorkerFixtures,
  sqlBackend,
} from 'next-app-session/testing/playwright';
import { Pool } from 'pg';
import { launchOptions, otherBrowsers } from './e2e/example/browsers.js';
import { providerEnvironment } from './e2e/example/identity-provider.js';
import { environment } from './e2e/example/next-server.js';
import { findRedis } from './scripts/find-redis.mjs';
import { isFullRun } from './scripts/full-run.mjs';

const port = Number(process.env.E2E_PORT ?? 3100);
const redisPort = port + 2;
const redisUrl = `redis://127.0.0.1:${redisPort}`;
const next = 'node node_modules/next/dist/bin/next';

const memory = { baseURL: `http://localhost:${port}`, sessionBackend: controlBackend() };
const redis = { baseURL: `http://localhost:${port + 1}`, sessionBackend: redisBackend(redisUrl) };
const postgresql = {
  baseURL: `http://localhost:${port + 3}`,
  // In a worker the variable is there: servePostgres sets it. A pool does not connect before a test needs it.
  sessionBackend: sqlBackend(new Pool({ connectionString: process.env.E2E_DATABASE_URL })),
};

/** These need no run on each store: they bring servers of their own, or reach into the app. */
const ONCE = [
  '**/traces.spec.ts',
  '**/outages.spec.ts',
  '**/faults.spec.ts',
  '**/report.spec.ts',
  '**/oauth.spec.ts',
  '**/start.spec.ts',
  '**/studio.spec.ts',
  '**/partitioned.spec.ts',
  '**/restart.spec.ts',
];

/** These are about pages, forms and cookies, whatever the store. */
const ANY_STORE = [
  '**/pages.spec.ts',
  '**/name.spec.ts',
  '**/cookie.spec.ts',
  '**/forged-cookie.spec.ts',
  '**/legacy.spec.ts',
  '**/sign-in-from.spec.ts',
  '**/testing.spec.ts',
];

/** The longest one. On the servers it runs in a full run. */
const LONG = ['**/account.spec.ts'];

/** These write sessions as the others do. On PostgreSQL they run in a full run. */
const ONCE_OF_SERVERS = [
  '**/sign-in.spec.ts',
  '**/two-cookies.spec.ts',
  '**/users.spec.ts',
  '**/parallel.spec.ts',
];

/** These count the calls of an identity provider, so one browser at a time. */
const COUNTING = ['**/tokens.spec.ts'];

const notOnServers = isFullRun ? [] : LONG;
const notOnPostgres = [...COUNTING, ...(isFullRun ? [] : ONCE_OF_SERVERS)];

/** The example app in real browsers, built and served as in production, with memory; what the store matters to, with Redis and PostgreSQL too. */
export default defineConfig<object, SessionWorkerFixtures>({
  testDir: 'e2e/example',
  outputDir: '.tmp/playwright',
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  retries: 0,
  // Wide enough for a machine three times slower than the one that the tests were written on.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  workers: 2,
  reporter: [['list'], ['json', { outputFile: '.tmp/playwright.json' }]],
  // `TRACE=1 npm run test:e2e` keeps a trace of each test that fails; for that, every test records one.
  use: { screenshot: 'only-on-failure', trace: process.env.TRACE ? 'retain-on-failure' : 'off' },
  projects: [
    { name: 'memory', use: { ...devices['Desktop Chrome'], launchOptions, ...memory } },
    ...Object.entries({ redis, postgresql }).map(([name, use]) => ({
      name,
      use: { ...devices['Desktop Chrome'], launchOptions, ...use },
      testIgnore: [...ONCE, ...ANY_STORE, ...notOnServers, ...(name === 'postgresql' ? notOnPostgres : [])],
    })),
    ...otherBrowsers().map(({ name, device }) => ({
      name,
      use: { ...devices[device], ...memory },
      testIgnore: [...ONCE, ...COUNTING],
    })),
  ],
  globalSetup: ['./e2e/example/serve-postgres.ts', './e2e/example/serve-identity-providers.ts'],
  // Next is started without npx or npm: those leave it running when they are stopped.
  webServer: [
    {
      command: `${next} build example && ${next} start example -p ${port}`,
      url: memory.baseURL,
      env: { ...environment, ...controlBackend().env, ...providerEnvironment(memory.baseURL) },
      reuseExistingServer: false,
      timeout: 600_000,
    },
    {
      command: `${findRedis()} --port ${redisPort} --save "" --dir /tmp`,
      port: redisPort,
      reuseExistingServer: false,
      timeout: 180_000,
    },
    {
      command: `${next} start example -p ${port + 1}`,
      url: redis.baseURL,
      env: { ...environment, ...providerEnvironment(redis.baseURL), REDIS_URL: redisUrl },
      reuseExistingServer: false,
      timeout: 180_000,
    },
  ],
});
