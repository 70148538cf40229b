// What it takes to have a browser signed in: by a fixture, and through the example's sign-in page.
// Run: npm run build && npx next build example && node bench/seeding.mjs
import { spawn } from 'node:child_process';
import { chromium } from '@playwright/test';
import { controlBackend } from 'next-app-session/testing/playwright';
import { findChromium } from '../scripts/find-chromium.mjs';

const ROUNDS = 20;
const PORT = 3190;
const url = `http://localhost:${PORT}`;
const backend = controlBackend();

const env = { ...process.env, ...backend.env, SESSION_SECRET: 'a secret of the benchmark' };
const next = ['node_modules/next/dist/bin/next', 'start', 'example', '-p', String(PORT)];
const server = spawn(process.execPath, next, { env, stdio: 'ignore' });
const executablePath = findChromium();
const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
const results = { fixture: [], page: [] };
try {
  while (!(await fetch(url).catch(() => null))?.ok) await new Promise((resolve) => setTimeout(resolve, 100));
  const run = await (await backend.connect({})).startRun();
  await measure('page', signIn); // not counted: the first request of each page loads it
  results.page.length = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await measure('fixture', (page) => seed(run, page.context()));
    await measure('page', signIn);
  }
  await run.end([]);
} finally {
  await browser.close();
  server.kill();
}

const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
console.table(
  Object.entries(results).map(([by, times]) => ({
    by,
    'ms, median': median(times).toFixed(1),
    'ms, range': `${Math.min(...times).toFixed(1)}–${Math.max(...times).toFixed(1)}`,
  })),
);
console.log(`A fixture is ${(median(results.page) / median(results.fixture)).toFixed(0)} times faster.`);

/** With a context and a blank page at hand, as a test has them. */
async function measure(by, work) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const start = performance.now();
  await work(page);
  results[by].push(performance.now() - start);
  await page.goto(`${url}/account`);
  if (page.url() !== `${url}/account`) throw new Error(`${by}: nobody is signed in.`);
  await context.close();
}

async function seed(run, context) {
  const cookie = await run.write(null, { user: { name: 'Ada', signedInAt: Date.now() } }, null);
  await context.addCookies([{ ...cookie, domain: 'localhost' }]);
}

async function signIn(page) {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Name', { exact: true }).fill('Ada');
  await page.getByLabel('Password').fill('demo');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${url}/account`);
}
