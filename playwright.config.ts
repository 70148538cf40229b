import { defineConfig } from '@playwright/test';
import { findChromium } from './scripts/find-chromium.mjs';

const port = process.env.E2E_PORT ?? '3100';
const next = 'node node_modules/next/dist/bin/next';
const executablePath = findChromium();
const isRoot = process.getuid?.() === 0;

/** The example app in a real browser, built and served as in production. */
export default defineConfig({
  testDir: 'e2e/example',
  outputDir: '.tmp/playwright',
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  retries: 0,
  workers: 2,
  reporter: [['list'], ['json', { outputFile: '.tmp/playwright.json' }]],
  use: { baseURL: `http://localhost:${port}`, screenshot: 'only-on-failure', trace: 'retain-on-failure' },
  projects: [
    {
      name: 'chromium',
      use: {
        browserName: 'chromium',
        launchOptions: {
          ...(executablePath && { executablePath }),
          args: [
            ...(isRoot ? ['--no-sandbox'] : []),
            '--disable-gpu',
            '--disable-quic',
            '--no-first-run',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
          ],
        },
      },
    },
  ],
  webServer: {
    // Next is started without npx or npm: those leave it running when they are stopped.
    command: `node scripts/build.mjs && ${next} build example && ${next} start example -p ${port}`,
    url: `http://localhost:${port}`,
    // The tests sign cookies of their own with it.
    env: { SESSION_SECRET: 'the secret of the end-to-end tests' },
    reuseExistingServer: false,
    timeout: 180_000,
  },
});
