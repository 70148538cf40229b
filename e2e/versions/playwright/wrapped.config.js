import config from './playwright.config';

/** The configuration of docs/e2e.md, with the server, port and browser of this machine. */
const { COMMAND = '', BASE_URL = '', LAUNCH_OPTIONS = '{}', TESTS = '' } = process.env;

export default {
  ...config,
  testMatch: TESTS.split(','),
  timeout: 120_000,
  expect: { timeout: 20_000 },
  workers: 2,
  reporter: 'line',
  use: { ...config.use, baseURL: BASE_URL, launchOptions: JSON.parse(LAUNCH_OPTIONS) },
  webServer: { ...config.webServer, command: COMMAND, url: `${BASE_URL}/account`, timeout: 180_000 },
};
