// What it takes to have a browser signed in: by a fixture, and through the example's sign-in page.
import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { controlBackend } from 'next-app-session/testing/playwright';
import { findChromium } from '../../scripts/find-chromium.mjs';
import { freePort } from '../servers.mjs';
import { inTurns } from '../statistics.mjs';

const ROUNDS = 20;
const root = fileURLToPath(new URL('../..', import.meta.url));
const NEXT = 'node_modules/next/dist/bin/next';

/** The times of both, in ms. */
export async function timeSeeding() {
  const url = `http://localhost:${await freePort()}`;
  const backend = controlBackend();
  execFileSync(process.execPath, [NEXT, 'build', 'example'], { cwd: root, stdio: 'ignore' });
  const server = spawn(process.execPath, [NEXT, 'start', 'example', '-p', new URL(url).port], {
    cwd: root,
    env: { ...process.env, ...backend.env, SESSION_SECRET: 'a secret of the benchmark' },
    stdio: 'ignore',
  });
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    args: ['--no-sandbox'],
  });
  try {
    while (!(await fetch(url).catch(() => null))?.ok)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const run = await (await backend.connect({})).startRun();
    const ways = {
      'by the fixture': (page) => seed(run, page.context()),
      'by the page': (page) => signIn(page, url),
    };
    const time = (way) => signedIn(browser, url, ways[way]);
    // Not counted: the first request of each page loads it.
    await inTurns(Object.keys(ways), 1, time);
    const results = await inTurns(Object.keys(ways), ROUNDS, time);
    await run.end([]);
    return results;
  } finally {
    await browser.close();
    server.kill();
  }
}

/** With a context and a blank page at hand, as a test has them. */
async function signedIn(browser, url, sign) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const start = performance.now();
  await sign(page);
  const ms = performance.now() - start;
  await page.goto(`${url}/account`);
  if (page.url() !== `${url}/account`) throw new Error('Nobody is signed in.');
  await context.close();
  return ms;
}

async function seed(run, context) {
  const cookie = await run.write(null, { user: { name: 'Ada', signedInAt: Date.now() } }, null);
  await context.addCookies([{ ...cookie, domain: 'localhost' }]);
}

async function signIn(page, url) {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Name', { exact: true }).fill('Ada');
  await page.getByLabel('Password').fill('demo');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${url}/account`);
}
