import { rmSync } from 'node:fs';
import { Redis } from 'ioredis';
import nextAppSession from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { expectNoUnhandledRejection } from './rejections.kit.js';
import { type Connection, singleClients } from './servers/redis-clients.js';
import { RedisServer } from './servers/redis-server.js';

interface Data {
  n: number;
  user: string;
}

/** A state in which Redis takes no writes. */
interface Refusal {
  readonly name: string;
  begin(server: RedisServer): Promise<unknown>;
  end(server: RedisServer): Promise<unknown>;
  /** What a write throws. */
  readonly error: object;
}

const set = (server: RedisServer, option: string, value: string) =>
  server.command('CONFIG', 'SET', option, value);
const refused = (word: string) => ({
  code: 'ERR_SESSION_STORE',
  message: expect.stringMatching(/ refused set.* Nothing was changed/),
  cause: { message: expect.stringContaining(word) },
});

const refusals: readonly Refusal[] = [
  {
    name: 'is a read-only replica',
    begin: (server) => server.command('REPLICAOF', '127.0.0.1', '1'),
    end: (server) => server.command('REPLICAOF', 'NO', 'ONE'),
    error: refused('READONLY'),
  },
  {
    name: 'has too few replicas',
    begin: (server) => set(server, 'min-replicas-to-write', '1'),
    end: (server) => set(server, 'min-replicas-to-write', '0'),
    error: refused('NOREPLICAS'),
  },
  {
    name: 'cannot save to disk',
    begin: async (server) => {
      await set(server, 'save', '3600 1');
      const [, folder = ''] = (await server.command('CONFIG', 'GET', 'dir')).split('\n');
      rmSync(folder, { recursive: true, force: true });
      await server.command('BGSAVE');
      await expect
        .poll(() => server.command('INFO', 'persistence'), { timeout: 30_000 })
        .toContain('rdb_last_bgsave_status:err');
    },
    end: (server) => set(server, 'stop-writes-on-bgsave-error', 'no'),
    error: refused('MISCONF'),
  },
  {
    name: 'is out of memory',
    begin: (server) => set(server, 'maxmemory', '1'),
    end: (server) => set(server, 'maxmemory', '0'),
    error: refused('OOM'),
  },
  {
    name: 'holds writes back',
    begin: (server) => server.command('CLIENT', 'PAUSE', '600000', 'WRITE'),
    end: (server) => server.command('CLIENT', 'UNPAUSE'),
    error: { code: 'ERR_SESSION_STORE_TIMEOUT' },
  },
];

const STORE_TIMEOUT = 5;
/** Far below storeTimeout, also on a slow machine. */
const QUICK_MS = 2000;

/** Returns what a call results in. Fails if it takes long. */
async function quickly<T>(call: Promise<T>): Promise<T> {
  const startedAt = performance.now();
  try {
    return await call;
  } finally {
    expect(performance.now() - startedAt).toBeLessThan(QUICK_MS);
  }
}

describe.each(singleClients)('with $name, a Redis that', ({ open }) => {
  let server: RedisServer;
  let connection: Connection;
  let browser: Browser<Data>;
  beforeEach(async () => {
    server = await RedisServer.start();
    connection = await open([server.port]);
    const store = new RedisStore({ client: connection.client });
    // Each read finds a stale timer.
    const options = { secret: 'a secret', store, storeTimeout: STORE_TIMEOUT, touchAfter: 0 };
    const session = nextAppSession<Data>({ ...options, user: (data) => data.user });
    browser = new Browser(session);
    await browser.visit((session) => session().setAll({ n: 1, user: 'ada' }));
  });
  afterEach(async () => {
    connection?.close();
    await server?.stop();
  });

  it.each(refusals)('$name answers reads at once, and touch is no error', async ({ begin, end, error }) => {
    const connections = async () => (await server.command('CLIENT', 'LIST')).split('\n').length;
    const before = await connections();
    await begin(server);
    const cookies = { ...browser.cookies };
    for (let visit = 0; visit < 3; visit++) {
      expect(await quickly(browser.visit((session) => session().get('n')))).toBe(1);
      expect(await quickly(browser.visit((session) => session().info()))).not.toBeNull();
      expect(await quickly(browser.session.user('ada').list())).toHaveLength(1);
      await quickly(
        browser.visit(async (session) => {
          await session().touch();
          expect(await session().get('n')).toBe(1);
        }),
      );
    }
    await expect(browser.visit((session) => session().set('n', 2))).rejects.toMatchObject(error);
    // Later ones fail fast, and reads go on.
    for (let visit = 0; visit < 3; visit++) {
      const code = { code: (error as { code: string }).code };
      const write = quickly(browser.visit((session) => session().set('n', 2)));
      await expect(write).rejects.toMatchObject(code);
      const maxAge = quickly(browser.visit((session) => session().touch({ maxAge: 3600 })));
      await expect(maxAge).rejects.toMatchObject(code);
      expect(await quickly(browser.visit((session) => session().get('n')))).toBe(1);
    }
    expect(browser.cookies).toEqual(cookies);
    await end(server);
    const write = () =>
      browser
        .visit((session) => session().set('n', 3))
        .then(
          () => true,
          () => false,
        );
    await expect.poll(write, { timeout: 30_000 }).toBe(true);
    expect(await browser.visit((session) => session().get('n'))).toBe(3);
    // What was opened for reads is closed again.
    await expect.poll(connections, { timeout: 30_000 }).toBe(before);
  });
});

it('a session in a database that was chosen on the connection is found while writes are held back', async () => {
  const server = await RedisServer.start();
  const client = new Redis(server.port);
  try {
    await client.select(3);
    const session = nextAppSession<Data>({ secret: 'a secret', store: new RedisStore({ client }) });
    const browser = new Browser<Data>(session);
    await browser.visit((own) => own().set('n', 1));
    await server.command('CLIENT', 'PAUSE', '1500', 'WRITE');
    const write = browser.visit((own) => own().set('n', 2));
    // The second connection does not know the database. What it does not find, the first one answers.
    expect(await browser.visit((own) => own().get('n'))).toBeGreaterThan(0);
    await write;
  } finally {
    client.disconnect();
    await server.stop();
  }
});

expectNoUnhandledRejection();
