import { redisBackend, type SessionBackend, sqlBackend } from 'next-app-session/testing/playwright';
import { Pool } from 'pg';
import { PostgresServer } from '../stores/servers/postgres.js';
import { freePort, RedisServer } from '../stores/servers/redis-server.js';
import { test as base, clickWhenReady, expect, signedIn } from './fixtures.js';
import { NextServer } from './next-server.js';

/** A server of sessions that these tests may stop, for nobody else uses it. */
interface Store {
  readonly server: RedisServer | PostgresServer;
  /** Returns what is kept of sessions. */
  left(): Promise<unknown[]>;
}

interface KindOfStore {
  readonly name: string;
  start(): Promise<Store>;
  readonly variable: string;
  backend(url: string): SessionBackend;
  /** Whether a session is still there after a crash. This Redis has its sessions in memory only. */
  readonly isDurable: boolean;
}

const stores: readonly KindOfStore[] = [
  {
    name: 'Redis',
    async start() {
      const server = await RedisServer.start();
      const keys = () => server.command('KEYS', 'sess:*');
      return { server, left: async () => (await keys()).split('\n').filter(Boolean) };
    },
    variable: 'REDIS_URL',
    backend: redisBackend,
    isDurable: false,
  },
  {
    name: 'PostgreSQL',
    async start() {
      const server = await PostgresServer.start();
      const rows = 'SELECT id FROM next_app_session UNION ALL SELECT entry FROM next_app_session_users';
      return { server, left: () => server.query(rows) };
    },
    variable: 'DATABASE_URL',
    backend(url) {
      const pool = new Pool({ connectionString: url });
      // Of the connections that a crash breaks.
      pool.on('error', () => {});
      return sqlBackend(pool);
    },
    isDurable: true,
  },
];

type Servers = { store: Store; next: NextServer };

// The example with REDIS_URL or DATABASE_URL, and no other change.
for (const { name, start, variable, backend, isDurable } of stores) {
  const test = base.extend<object, { servers: Servers }>({
    servers: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern
      async ({}, use) => {
        const store = await start();
        const next = new NextServer(await freePort(), { [variable]: store.server.url });
        await next.start();
        await use({ store, next });
        await next.stop();
        await store.server.stop();
      },
      { scope: 'worker' },
    ],
    sessionBackend: ({ servers }, use) => use(backend(servers.store.server.url)),
    baseURL: ({ servers }, use) => use(servers.next.url),
  });

  test.describe(name, () => {
    test.describe.configure({ mode: 'serial' });

    test('a signed-in visitor stays signed in when the app restarts, and can sign out', async ({
      sessions,
      servers: { store, next },
    }) => {
      const ada = await sessions.as(signedIn('Ada'));
      await next.stop();
      await next.start();
      await ada.page.goto('/account');
      await expect(ada.page.getByText('Signed in as')).toBeVisible();
      await ada.page.getByRole('button', { name: 'Sign out here' }).click();
      await expect(ada.page).toHaveURL('/sign-in');
      expect(await store.left()).toEqual([]);
    });

    test('killed: an error page within the deadline; back again: the app goes on', async ({
      page,
      session,
      servers: { store },
      browserErrors,
    }) => {
      await session.write({ count: 1 });
      await store.server.kill();
      const response = await page.goto('/counter');
      expect(response?.status()).toBe(500);
      await store.server.restart();
      await expect.poll(async () => (await page.goto('/counter'))?.status(), { timeout: 45_000 }).toBe(200);
      const kept = isDurable ? 1 : 0;
      await expect(page.getByRole('status', { name: 'Count' })).toHaveText(`${kept}`);
      await clickWhenReady(page.getByRole('button', { name: 'Add one' }));
      await expect(page.getByRole('status', { name: 'Count' })).toHaveText(`${kept + 1}`);
      await expect(session).toHaveSession({ count: kept + 1 });
      // What the browser logged of the 500 is the point of this test.
      browserErrors.length = 0;
    });
  });
}
