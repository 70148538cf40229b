import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { freePort } from '../stores/servers/redis-server.js';
import { expect, plant, test } from './fixtures.js';

const CLI = 'node_modules/@playwright/test/cli.js';
const run = promisify(execFile);

// A run within this one, on the same server, and its report served as `npx playwright show-report` does.
test.describe.configure({ mode: 'serial' });

let cookie: string;
let reportUrl: string;
let reportServer: ChildProcess;

test.beforeAll(async () => {
  // A whole run of Playwright, in which a test fails.
  test.setTimeout(360_000);
  const cookieFile = test.info().outputPath('cookie');
  const { baseURL = '' } = test.info().project.use;
  const env = { ...process.env, NESTED_BASE_URL: baseURL, NESTED_COOKIE_FILE: cookieFile };
  const nested = run(process.execPath, [CLI, 'test', '-c', 'e2e/example/report'], { env });
  await expect(nested).rejects.toMatchObject({ code: 1 });
  cookie = await readFile(cookieFile, 'utf8');

  const port = await freePort();
  const args = [CLI, 'show-report', '.tmp/report/html', '--host', '127.0.0.1', '--port', String(port)];
  reportServer = spawn(process.execPath, args, { stdio: 'ignore' });
  reportUrl = `http://127.0.0.1:${port}`;
  await expect(async () => expect((await fetch(reportUrl)).ok).toBe(true)).toPass();
});

test.afterAll(() => {
  reportServer?.kill();
});

test('a failed test’s report shows its store spans and its sessions, without values', async ({ page }) => {
  await page.goto(reportUrl);
  await page.getByRole('link', { name: 'fails after a store call' }).click();
  for (const [name, text] of [
    ['session', '"count": "<number>"'],
    ['session of user 1', '"name": "<string>"'],
    ['session store spans', '"next_app_session.store.outcome": "hit"'],
  ] as const) {
    const attachment = page.getByText(name, { exact: true });
    await expect(attachment).toBeVisible();
    await attachment.click();
    await expect(page.getByText(text)).not.toHaveCount(0);
  }
  expect(await page.content()).not.toContain('Lovelace');
  await page.screenshot({ path: '.tmp/report.png', fullPage: true });
});

test('the trace viewer shows them too', async ({ page }) => {
  await page.goto(reportUrl);
  await page.getByRole('link', { name: 'fails after a store call' }).click();
  await page.getByRole('link', { name: 'View trace' }).first().click();
  await page.getByRole('tab', { name: /Attachments/ }).click();
  for (const name of ['session', 'session of user 1', 'session store spans']) {
    await expect(page.getByText(name, { exact: true }).first()).toBeVisible();
  }
  await page.screenshot({ path: '.tmp/trace.png' });
});

test('a test that passed attaches nothing, unless it is asked to', async ({ page }) => {
  await page.goto(reportUrl);
  await page.getByRole('link', { name: 'passes', exact: true }).click();
  await expect(page.getByText('session store spans')).toHaveCount(0);
  await page.goto(reportUrl);
  await page.getByRole('link', { name: 'passes and is reported' }).click();
  await expect(page.getByText('session store spans')).toBeVisible();
});

test('what a failed test put into the store is gone', async ({ context, baseURL, session }) => {
  await plant(context, cookie, baseURL);
  expect(await session.read()).toBeNull();
});
