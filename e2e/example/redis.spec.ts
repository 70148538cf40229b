import { redisBackend } from 'next-app-session/testing/playwright';
import { freePort, RedisServer } from '../stores/servers/redis-server.js';
import { test as base, clickWhenReady, expect, signedIn } from './fixtures.js';
import { NextServer } from './next-server.js';

/** Servers that these tests may stop, for nobody else uses them. */
type Servers = { redis: RedisServer; next: NextServer };

// The example with REDIS_URL and no other change.
const test = base.extend<object, { servers: Servers }>({
  servers: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern
    async ({}, use) => {
      const redis = await RedisServer.start();
      const SESSION_SECRET = 'the secret of the end-to-end tests';
      const next = new NextServer(await freePort(), { REDIS_URL: redis.url, SESSION_SECRET });
      await next.start();
      await use({ redis, next });
      await next.stop();
      await redis.stop();
    },
    { scope: 'worker' },
  ],
  sessionBackend: ({ servers }, use) => use(redisBackend(servers.redis.url)),
  baseURL: ({ servers }, use) => use(servers.next.url),
});

test.describe.configure({ mode: 'serial' });

test('a signed-in visitor stays signed in when the app restarts, and can sign out', async ({
  sessions,
  servers: { redis, next },
}) => {
  const ada = await sessions.as(signedIn('Ada'));
  await next.stop();
  await next.start();
  await ada.page.goto('/account');
  await expect(ada.page.getByText('Signed in as')).toBeVisible();
  await ada.page.getByRole('button', { name: 'Sign out here' }).click();
  await expect(ada.page).toHaveURL('/sign-in');
  expect(await redis.command('KEYS', 'sess:*')).toBe('');
});

test('Redis killed: an error page within the deadline; back again: the app goes on', async ({
  page,
  session,
  servers: { redis },
  browserErrors,
}) => {
  await session.write({ count: 1 });
  await redis.kill();
  const response = await page.goto('/counter');
  expect(response?.status()).toBe(500);
  await redis.restart();
  await expect.poll(async () => (await page.goto('/counter'))?.status(), { timeout: 45_000 }).toBe(200);
  // The sessions were in memory only.
  await expect(page.getByRole('status', { name: 'Count' })).toHaveText('0');
  await clickWhenReady(page.getByRole('button', { name: 'Add one' }));
  await expect(page.getByRole('status', { name: 'Count' })).toHaveText('1');
  await expect(session).toHaveSession({ count: 1 });
  // What the browser logged of the 500 is the point of this test.
  browserErrors.length = 0;
});
