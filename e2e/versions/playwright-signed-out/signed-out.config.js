import { controlBackend } from 'next-app-session/testing/playwright';

/** One app with its sessions in Redis, and one in memory. Both are the built app of docs/e2e.md. */
const { REDIS_APP = '', MEMORY_APP = '', REDIS_URL = '', LAUNCH_OPTIONS = '{}' } = process.env;

const server = (url, env) => ({
  command: `node ../node_modules/next/dist/bin/next start -p ${new URL(url).port}`,
  url: `${url}/account`,
  timeout: 180_000,
  env,
});

export default {
  testMatch: 'signed-out.spec.js',
  timeout: 60_000,
  // The tests fail on purpose: what they wait for does not come.
  expect: { timeout: 500 },
  workers: 2,
  reporter: 'json',
  use: { baseURL: REDIS_APP, launchOptions: JSON.parse(LAUNCH_OPTIONS) },
  webServer: [
    server(REDIS_APP, { REDIS_URL }),
    server(MEMORY_APP, { REDIS_URL: '', ...controlBackend().env }),
  ],
};
