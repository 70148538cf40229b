import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { PostgresServer } from '../stores/servers/postgres.js';
import { freePort, RedisServer } from '../stores/servers/redis-server.js';
import { clickWhenReady, expect, idIn, requireCookie, submitSignIn, test } from './fixtures.js';
import { NextServer } from './next-server.js';

/** What these tests read of the JSON. */
type Row = { name: string; offset: number; duration: number };
type Report = { requests: { title: string; status?: number; duration: number; rows: Row[] }[] };

/** At the head of the README. `UPDATE_SCREENSHOT=1 npm run test:e2e` renews it, with the text beside it. */
const PICTURE = 'docs/traces.png';
/** Which picture it is, and what can be read in it but for numbers, which no two runs have in common. */
const PICTURED = 'e2e/example/traces-picture.txt';

async function pictured(page: Page, picture: Buffer): Promise<string> {
  const waterfalls = ':is(h2, .legend li, .request h3 > :first-child, .span-name, .span-notes .outcome)';
  const latency = ':is(h2, [scope=col], [scope=row])';
  const shown = page.locator(
    `.traces :is(button, section:nth-of-type(1) ${waterfalls}, section:nth-of-type(2) ${latency})`,
  );
  const texts = (await shown.allInnerTexts()).map((text) => text.trim().replaceAll(/\s+/g, ' '));
  return [createHash('sha256').update(picture).digest('hex'), ...texts, ''].join('\n');
}

/** The last request to this path that the page shows. */
function request(page: Page, title: string) {
  return page.getByRole('article', { name: new RegExp(`^${title} `) }).first();
}

async function signIn(page: Page, server: NextServer, name = 'Ada') {
  await page.goto(`${server.url}/sign-in`);
  await submitSignIn(page, name);
  await expect(page).toHaveURL(`${server.url}/account`);
}

/** Expects that the page shows what the driver did for a sign-in, below the store call that it was for. */
async function expectDriverBelowStore(page: Page, server: NextServer, command: string) {
  await page.goto(`${server.url}/traces`);
  const spans = request(page, 'POST /sign-in').getByRole('listitem');
  const driver = spans.filter({ hasText: `Driver: ${command}` });
  await expect(driver.first()).toBeVisible();
  const indent = (span: typeof driver) =>
    span
      .first()
      .locator('.span-name')
      .evaluate((name) => Number.parseFloat(getComputedStyle(name).paddingLeft));
  const store = spans.filter({ hasText: 'Session store:' });
  expect(await indent(driver)).toBeGreaterThan(await indent(store));
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
    await expect(spans.nth(3)).toContainText(/ok\d+ Bttl 604800 sbegins at \+[\d.]+ ms takes [\d.]+ ms/);
    await expect(request(traces, 'POST /api/counter').getByRole('heading')).toHaveText(
      /^POST \/api\/counter 200 · [\d.]+ ms$/,
    );
    const get = traces.getByRole('row', { name: /^get / });
    await expect(get).toContainText(/\d hit/);
    await expect(get.getByRole('img', { name: /calls of get: \d+ up to/ })).toBeVisible();
    await expect(get.getByRole('cell', { name: /^[\d.]+ ms$/ })).toHaveCount(3);
  });

  test('a session that the store does not know is a miss', async ({ page, context }) => {
    await signIn(page, server);
    const stale = await context.cookies();
    await page.getByRole('button', { name: 'Sign out here' }).click();
    await expect(page).toHaveURL(`${server.url}/sign-in`);
    await context.addCookies(stale);
    await page.goto(`${server.url}/name`);
    await page.goto(`${server.url}/traces`);
    await expect(request(page, 'GET /name')).toContainText('miss');
    await expect(page.getByRole('row', { name: /^get / })).toContainText(/\d miss/);
    await expect(page.getByRole('row', { name: /^destroy / })).toContainText(/\d ok/);
  });

  test('behind the proxy, duration and status are those of the page', async ({ page }) => {
    await signIn(page, server);
    await page.goto(`${server.url}/account`);
    await page.goto('about:blank');
    const { requests }: Report = await (await page.request.get(`${server.url}/api/traces`)).json();
    const account = requests.find(({ title }) => title === 'GET /account');
    const ends = account?.rows.map(({ offset, duration }) => offset + duration) ?? [];
    expect(account?.status).toBe(200);
    expect(account?.duration).toBeCloseTo(Math.max(...ends), 5);
    expect(account?.rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['GET', 'middleware GET', 'GET /account', 'render route (app) /account']),
    );
  });

  test('a redirect by the proxy has no status, for Next’s span says 200', async ({ page }) => {
    await page.goto(`${server.url}/account`);
    await expect(page).toHaveURL(`${server.url}/sign-in?from=%2Faccount`);
    await page.goto(`${server.url}/traces`);
    await expect(request(page, 'GET /account').getByRole('heading')).toHaveText(
      /^GET \/account · [\d.]+ ms$/,
    );
  });

  test('what a person did not ask for stays out', async ({ page }) => {
    await page.goto(`${server.url}/`);
    await page.waitForLoadState('networkidle');
    await page.goto(`${server.url}/traces`);
    await page.waitForResponse('**/api/traces');
    const titles = await page.getByRole('article').getByRole('heading').allTextContents();
    expect(titles.length).toBeGreaterThan(0);
    expect(titles.filter((title) => /traces|_next|icon/.test(title))).toEqual([]);
    const noise = page.getByRole('listitem').filter({ hasText: /page components|start response|NextNode/ });
    await expect(noise).toHaveCount(0);
  });

  for (const width of [1280, 360]) {
    test(`a button makes traffic, and its waterfall is in sight, ${width} pixels wide`, async ({ page }) => {
      await page.setViewportSize({ width, height: 740 });
      await page.goto(`${server.url}/traces`);
      await clickWhenReady(page.getByRole('button', { name: 'Make traffic' }));
      const newest = page.getByRole('region', { name: 'Last requests' }).getByRole('article').first();
      await expect(newest.getByRole('heading')).toHaveText(/^POST \/api\/counter 200 · /);
      await expect(newest.getByRole('listitem').first()).toBeInViewport({ ratio: 1 });
      await expect(request(page, 'GET /name')).toContainText('hit');
      await expect(page.getByRole('button', { name: 'Make traffic' })).toBeEnabled();
    });
  }

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

  test('one poll at a time; a failed one is said, and the next goes on', async ({ page, browserErrors }) => {
    let waiting = 0;
    let most = 0;
    let answer: 'slow' | 'none' | 'true' = 'slow';
    await page.route('**/api/traces', async (route) => {
      most = Math.max(most, ++waiting);
      if (answer === 'slow') await new Promise((resolve) => setTimeout(resolve, 2500));
      waiting--;
      await (answer === 'none' ? route.abort() : route.continue());
    });
    await page.goto(`${server.url}/traces`);
    await page.waitForResponse('**/api/traces');
    expect(most).toBe(1);
    answer = 'none';
    await expect(page.getByRole('status')).toHaveText(/^The server does not answer just now\./);
    answer = 'true';
    await expect(page.getByRole('status')).toHaveText('Updates every second.');
    // What the browser logged of the failed polls is the point of this test.
    browserErrors.length = 0;
  });

  test('holds no session ID, cookie or data', async ({ page }) => {
    await signIn(page, server, 'Grace Hopper');
    const cookie = await requireCookie(page.context());
    await page.goto(`${server.url}/traces`);
    await expect(request(page, 'GET /account')).toBeVisible();
    const text = (await page.content()) + (await (await page.request.get(`${server.url}/api/traces`)).text());
    for (const secret of [idIn(cookie), cookie.value, 'Grace', 'the secret of this test']) {
      expect(text).not.toContain(secret);
    }
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`on a phone, in the ${colorScheme}, nothing sticks out, and the table is a table`, async ({
      page,
    }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 360, height: 740 });
      await page.goto(`${server.url}/traces`);
      await expect(page.getByRole('article').first()).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      const get = page.getByRole('table').getByRole('row', { name: /^get / });
      await expect(get.getByRole('rowheader', { name: 'get' })).toBeVisible();
      await get.scrollIntoViewIfNeeded();
      for (const cell of await get.getByRole('cell').all()) await expect(cell).toBeInViewport({ ratio: 1 });
      await page.screenshot({ path: `.tmp/traces-phone-${colorScheme}.png`, fullPage: true });
    });
  }
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
    await signIn(page, server);
    await expectDriverBelowStore(page, server, 'evalsha');
  });

  test.describe('at the head of the README', () => {
    test.use({ viewport: { width: 1280, height: 1000 }, deviceScaleFactor: 1.5, colorScheme: 'light' });

    test('has its picture taken, which the one in docs is like', async ({ page }) => {
      await signIn(page, server);
      // Away from the page, which prefetches links.
      await page.goto('about:blank');
      await redis.command('FLUSHALL');
      await page.request.get(`${server.url}/name`); // a miss
      await signIn(page, server);
      await page.goto('about:blank');
      // More than once: the first time each part of the app loads and connects.
      for (let time = 1; time <= 5; time++) {
        await page.request.get(`${server.url}/account`);
        await page.request.post(`${server.url}/api/counter`);
      }
      await page.goto(`${server.url}/traces`);
      await expect(request(page, 'POST /api/counter')).toBeVisible();
      await expect(page.getByRole('row', { name: /^get / })).toContainText(/\d miss/);
      const last = await page.getByRole('region', { name: 'Store latency' }).boundingBox();
      const traces = await page.locator('.traces').boundingBox();
      if (!last || !traces) throw new Error('The page shows nothing of what was made.');
      const [x, y, width] = [traces.x - 24, traces.y - 24, traces.width + 48];
      const clip = { x, y, width, height: last.y + last.height - y + 11 };
      const picture = await page.screenshot({ path: '.tmp/traces.png', fullPage: true, clip });
      expect(picture.length).toBeLessThan(300_000);
      if (process.env.UPDATE_SCREENSHOT) {
        await writeFile(PICTURE, picture);
        await writeFile(PICTURED, await pictured(page, picture));
      }
      const told = await readFile(PICTURED, 'utf8');
      expect(told, `${PICTURE} is out of date`).toBe(await pictured(page, await readFile(PICTURE)));
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.screenshot({ path: '.tmp/traces-dark.png', fullPage: true, clip });
    });
  });

  test('a store that is away is an error, with its type', async ({ page, browserErrors }) => {
    await page.goto(`${server.url}/counter`);
    await clickWhenReady(page.getByRole('button', { name: 'Add one' }));
    await expect(page.getByRole('status', { name: 'Count' })).toHaveText('1');
    await redis.kill();
    // The reason is known once the client has tried to connect again.
    await expect(async () => {
      expect((await page.goto(`${server.url}/counter`))?.status()).toBe(500);
      await page.goto(`${server.url}/traces`);
      await expect(request(page, 'GET /counter')).toContainText('ECONNREFUSED', { timeout: 3_000 });
    }).toPass();
    await expect(request(page, 'GET /counter').getByRole('heading')).toHaveText(/500 failed · /);
    await expect(page.getByRole('row', { name: /^get / })).toContainText(/\d error/);
    browserErrors.length = 0;
  });
});

test.describe('traces with PostgreSQL', () => {
  let postgres: PostgresServer;
  let server: NextServer;
  test.beforeAll(async () => {
    postgres = await PostgresServer.start();
    server = new NextServer(await freePort(), { DATABASE_URL: postgres.url });
    await server.start();
  });
  test.afterAll(async () => {
    await server?.stop();
    await postgres?.stop();
  });

  test('the driver’s spans are below the store’s', async ({ page }) => {
    // Opens the store, which looks for its tables then.
    await page.request.post(`${server.url}/api/counter`);
    await signIn(page, server);
    await expectDriverBelowStore(page, server, 'pg.query:');
  });
});
