import { freePort, RedisServer } from '../stores/servers/redis-server.js';
import { clickWhenReady, expect, sessionPanel, submitSignIn, test } from './fixtures.js';
import { NextServer } from './next-server.js';

// The example with REDIS_URL and no other change. One server for all, and a restart in between.
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

test('twenty requests sent at once all count', async ({ page }) => {
  await page.goto(`${server.url}/counter`);
  await clickWhenReady(page.getByRole('button', { name: 'Send 20 at once' }));
  await expect(page.getByRole('status', { name: 'Count' })).toHaveText('20');
  await page.reload();
  await expect(sessionPanel(page)).toContainText('"count": 20');
});

test('a signed-in visitor stays signed in when the app restarts, and can sign out', async ({ page }) => {
  await page.goto(`${server.url}/sign-in`);
  await submitSignIn(page, 'Ada');
  await expect(page).toHaveURL(`${server.url}/account`);
  // Away from the page, which prefetches links.
  await page.goto('about:blank');
  await server.stop();
  await server.start();
  await page.goto(`${server.url}/account`);
  await expect(page.getByText('Signed in as')).toBeVisible();
  const keys = () => redis.command('KEYS', 'sess:*').then((text) => text.split('\n').filter(Boolean).length);
  const before = await keys();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(`${server.url}/sign-in`);
  expect(await keys()).toBe(before - 1);
});

test('Redis killed: an error page within the deadline; back again: the app goes on', async ({
  page,
  browserErrors,
}) => {
  await page.goto(`${server.url}/counter`);
  await clickWhenReady(page.getByRole('button', { name: 'Add one' }));
  await expect(page.getByRole('status', { name: 'Count' })).toHaveText('1');
  await redis.kill();
  const response = await page.goto(`${server.url}/counter`);
  expect(response?.status()).toBe(500);
  await redis.restart();
  await expect
    .poll(async () => (await page.goto(`${server.url}/counter`))?.status(), { timeout: 15_000 })
    .toBe(200);
  await clickWhenReady(page.getByRole('button', { name: 'Add one' }));
  await expect(page.getByRole('status', { name: 'Count' })).toHaveText('1');
  // What the browser logged of the 500 is the point of this test.
  browserErrors.length = 0;
});
