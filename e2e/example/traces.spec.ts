import type { Page } from '@playwright/test';
import { freePort, RedisServer } from '../stores/servers/redis-server.js';
import { clickWhenReady, expect, idIn, requireCookie, submitSignIn, test } from './fixtures.js';
import { NextServer } from './next-server.js';

/** The last request to this path that the page shows. */
function request(page: Page, title: string) {
  return page.getByRole('article', { name: new RegExp(`^${title} `) }).first();
}

test.describe('traces', () => {
  // The server keeps a dozen requests: tests at the same time would push out each other's.
  test.describe.configure({ mode: 'serial' });
  let server: NextServer;
  test.beforeAll(async () => {
    server = new NextServer(await freePort(), { SESSION_SECRET: 'the secret of this test' });
    await server.start();
  });
  test.afterAll(() => server?.stop());

  test('clicks on another page show up live: below Next’s span, with their outcome', async ({
    page,
    context,
  }) => {
    const traces = await context.newPage();
    await traces.goto(`${server.url}/traces`);
    await page.goto(`${server.url}/counter`);
    await clickWhenReady(page.getByRole('button', { name: 'Add one' }));
    await clickWhenReady(page.getByRole('button', { name: 'Add one' }));
    await expect(page.getByRole('status', { name: 'Count' })).toHaveText('2');
    const spans = request(traces, 'POST /api/counter').getByRole('listitem');
    await expect(spans).toHaveCount(4);
    await expect(spans.nth(0)).toContainText('Next.js: POST /api/counter');
    await expect(spans.nth(1)).toContainText('executing api route (app) /api/counter');
    await expect(spans.nth(2)).toContainText('Session store: next_app_session.store.get');
    await expect(spans.nth(2)).toContainText('hit');
    await expect(spans.nth(3)).toContainText('Session store: next_app_session.store.set');
    const get = traces.getByRole('row', { name: /^get / });
    await expect(get).toContainText(/\d hit/);
    await expect(get.getByRole('img', { name: /calls of get: \d+ up to/ })).toBeVisible();
    await expect(get.getByRole('cell', { name: /^[\d.]+ ms$/ })).toHaveCount(3);
  });

  test('a session that the store does not know is a miss', async ({ page, context }) => {
    await page.goto(`${server.url}/sign-in`);
    await submitSignIn(page, 'Ada');
    await expect(page).toHaveURL(`${server.url}/account`);
    const stale = await context.cookies();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page).toHaveURL(`${server.url}/sign-in`);
    await context.addCookies(stale);
    await page.goto(`${server.url}/name`);
    await page.goto(`${server.url}/traces`);
    await expect(request(page, 'GET /name')).toContainText('miss');
    await expect(page.getByRole('row', { name: /^get / })).toContainText(/\d miss/);
    await expect(page.getByRole('row', { name: /^destroy / })).toContainText(/\d ok/);
  });

  test('pause holds the page still, resume lets it go on', async ({ page, context }) => {
    const traces = await context.newPage();
    await traces.goto(`${server.url}/traces`);
    await clickWhenReady(traces.getByRole('button', { name: 'Pause' }));
    await expect(traces.getByRole('status')).toHaveText('Paused.');
    await page.goto(`${server.url}/legacy`);
    await traces.waitForTimeout(1500);
    await expect(request(traces, 'GET /legacy')).toHaveCount(0);
    await traces.getByRole('button', { name: 'Resume' }).click();
    await expect(request(traces, 'GET /legacy')).toBeVisible();
  });

  test('holds no session ID, cookie or data', async ({ page }) => {
    await page.goto(`${server.url}/sign-in`);
    await submitSignIn(page, 'Grace Hopper');
    await expect(page).toHaveURL(`${server.url}/account`);
    const cookie = await requireCookie(page.context());
    await page.goto(`${server.url}/traces`);
    await expect(request(page, 'GET /account')).toBeVisible();
    const text = (await page.content()) + (await (await page.request.get(`${server.url}/api/traces`)).text());
    for (const secret of [idIn(cookie), cookie.value, 'Grace', 'the secret of this test']) {
      expect(text).not.toContain(secret);
    }
  });

  test('in the dark, on a phone, nothing sticks out and every colour can be told', async ({ page }) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${server.url}/traces`);
    await expect(page.getByRole('article').first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.screenshot({ path: '.tmp/traces-phone.png', fullPage: true });
  });
});

test.describe('traces with Redis', () => {
  test.describe.configure({ mode: 'serial' });
  let redis: RedisServer;
  let server: NextServer;
  test.beforeAll(async () => {
    redis = await RedisServer.start();
    server = new NextServer(await freePort(), {
      REDIS_URL: redis.url,
      SESSION_SECRET: 'the secret of this test',
    });
    await server.start();
  });
  test.afterAll(async () => {
    await server?.stop();
    await redis?.stop();
  });

  test('the driver’s spans are below the store’s', async ({ page }) => {
    await page.goto(`${server.url}/counter`);
    await clickWhenReady(page.getByRole('button', { name: 'Add one' }));
    await clickWhenReady(page.getByRole('button', { name: 'Send 20 at once' }));
    await expect(page.getByRole('status', { name: 'Count' })).toHaveText('21');
    await page.goto(`${server.url}/sign-in`);
    await submitSignIn(page, 'Ada');
    await expect(page).toHaveURL(`${server.url}/account`);
    await page.goto(`${server.url}/traces`);
    const spans = request(page, 'POST /sign-in').getByRole('listitem');
    const driver = spans.filter({ hasText: 'Driver: evalsha' });
    await expect(driver.first()).toBeVisible();
    const indent = (span: typeof driver) =>
      span
        .first()
        .locator('.span-name')
        .evaluate((name) => Number.parseFloat(getComputedStyle(name).paddingLeft));
    const store = spans.filter({ hasText: 'Session store:' });
    expect(await indent(driver)).toBeGreaterThan(await indent(store));
  });

  /** The picture at the head of the README: `UPDATE_SCREENSHOT=1 npm run test:e2e` renews it. */
  test('has its picture taken', async ({ page }) => {
    await page.setViewportSize({ width: 1200, height: 1000 });
    await page.goto(`${server.url}/sign-in`);
    await submitSignIn(page, 'Ada');
    await expect(page).toHaveURL(`${server.url}/account`);
    // Away from the page, which prefetches links.
    await page.goto('about:blank');
    for (const path of ['/counter', '/account']) await page.request.get(server.url + path);
    await page.request.post(`${server.url}/api/counter`);
    await page.goto(`${server.url}/traces`);
    await expect(request(page, 'POST /api/counter')).toBeVisible();
    const { x, y, width } = (await page.locator('.traces').boundingBox()) ?? { x: 0, y: 0, width: 1200 };
    const path = process.env.UPDATE_SCREENSHOT ? 'docs/traces.png' : '.tmp/traces.png';
    await page.screenshot({
      path,
      fullPage: true,
      clip: { x: x - 24, y: y - 24, width: width + 48, height: 880 },
    });
  });

  test('a store that is away is an error, with its type', async ({ page, browserErrors }) => {
    await page.goto(`${server.url}/counter`);
    await clickWhenReady(page.getByRole('button', { name: 'Add one' }));
    await expect(page.getByRole('status', { name: 'Count' })).toHaveText('1');
    await redis.kill();
    expect((await page.goto(`${server.url}/counter`))?.status()).toBe(500);
    await page.goto(`${server.url}/traces`);
    await expect(request(page, 'GET /counter')).toContainText('failed');
    await expect(request(page, 'GET /counter')).toContainText('NO_CONNECTION');
    await expect(page.getByRole('row', { name: /^get / })).toContainText(/\d error/);
    browserErrors.length = 0;
  });
});
