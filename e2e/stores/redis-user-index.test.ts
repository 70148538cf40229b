import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import nextAppSession, { type Options } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { clusterClients, singleClients } from './servers/redis-clients.js';
import { RedisCluster } from './servers/redis-cluster.js';
import { RedisServer } from './servers/redis-server.js';

type Data = { userId?: string; n?: number };

let server: RedisServer;
let cluster: RedisCluster;
let client: Redis;
beforeAll(async () => {
  [server, cluster] = await Promise.all([RedisServer.start(), RedisCluster.start()]);
  client = new Redis(server.port);
});
afterAll(async () => {
  client?.disconnect();
  await Promise.all([server?.stop(), cluster?.stop()]);
});
beforeEach(() => client.flushall());

function setUp(options: Partial<Options<Data>> = {}) {
  const session = nextAppSession<Data>({
    secret: 'a secret',
    store: new RedisStore({ client }),
    user: ({ userId }) => userId,
    ...options,
  });
  const signIn = async (userId = 'ada') => {
    const browser = new Browser(session);
    await browser.visit((own) => own().regenerate((data) => ({ ...data, userId })));
    return browser;
  };
  return { session, signIn, ada: session.user('ada') };
}

const indexKey = async () => (await client.keys('sess:#user:*'))[0] ?? '';

const kinds = [
  ...singleClients.map(({ name, open }) => [name, () => open([server.port])] as const),
  ...clusterClients.map(({ name, open }) => [name, () => open(cluster.ports)] as const),
];

describe.each(kinds)('with %s', (name, open) => {
  it('lists the sessions of a user and ends them, wherever their keys lie', async () => {
    const connection = await open();
    const store = new RedisStore({ client: connection.client, prefix: `${name}:` });
    const { ada, session, signIn } = setUp({ store });
    const browsers = await Promise.all(Array.from({ length: 12 }, () => signIn()));
    const bobs = await signIn('bob');
    const listed = await ada.list();
    expect(listed).toHaveLength(12);
    for (const { createdAt, lastSeenAt, expiresAt } of listed) {
      expect(Math.abs(Date.now() - createdAt)).toBeLessThan(10_000);
      expect(Math.abs(Date.now() - lastSeenAt)).toBeLessThan(10_000);
      expect(Math.abs(Date.now() + 86_400_000 - expiresAt)).toBeLessThan(10_000);
    }
    expect(await ada.revoke(listed[0]?.handle ?? '')).toBe(true);
    expect(await ada.revokeAll()).toBe(11);
    for (const browser of browsers) expect(await browser.visit((own) => own().all())).toEqual({});
    expect(await bobs.visit((own) => own().get('userId'))).toBe('bob');
    expect(await session.user('bob').list()).toHaveLength(1);
    connection.close();
  });
});

describe('a session that reads keep alive', () => {
  it('past its first expiry, is still listed with the times of its last use, and ended', async () => {
    const { ada, signIn } = setUp({ idleTimeout: 1 });
    const browser = await signIn();
    for (let read = 0; read < 4; read++) {
      await sleep(400);
      expect(await browser.visit((own) => own().get('userId'))).toBe('ada');
    }
    const seenAt = Date.now();
    await sleep(300);
    const [row] = await ada.list();
    expect(Math.abs((row?.lastSeenAt ?? 0) - seenAt)).toBeLessThan(250);
    expect(Math.abs((row?.expiresAt ?? 0) - seenAt - 1000)).toBeLessThan(250);
    expect(await ada.revokeAll()).toBe(1);
    expect(await browser.visit((own) => own().all())).toEqual({});
  });

  it('is not kept alive by being listed', async () => {
    const { ada, signIn } = setUp({ idleTimeout: 1 });
    await signIn();
    for (let look = 0; look < 4; look++) {
      await ada.list();
      await sleep(400);
    }
    expect(await ada.list()).toEqual([]);
  });
});

describe('the index key', () => {
  it('holds neither the user nor an ID', async () => {
    const { signIn } = setUp();
    const browser = await signIn('ada@example.com');
    const id = (await browser.visit((own) => own().id())) ?? '';
    const key = await indexKey();
    const members = await client.zrange(key, '0', '-1');
    expect(key).toMatch(/^sess:#user:[\w-]{43}$/);
    expect(JSON.stringify([key, members])).not.toContain(id);
    expect(await client.exists(`sess:${members[0]}`)).toBe(1);
  });

  it('lives as long as a session can at the most', async () => {
    const { signIn } = setUp({ absoluteTimeout: 1000 });
    await signIn();
    const first = await client.pttl(await indexKey());
    expect(first).toBeGreaterThan(999_000);
    await sleep(50);
    await signIn();
    expect(await client.pttl(await indexKey())).toBeGreaterThan(first - 40);
  });

  it('has no end where sessions have none, since reads keep those alive and do not touch it', async () => {
    await setUp({ absoluteTimeout: 1000 }).signIn();
    await setUp().signIn();
    expect(await client.pttl(await indexKey())).toBe(-1);
  });

  it('is gone when its last session is', async () => {
    const { signIn, ada } = setUp();
    const browser = await signIn();
    await browser.visit((own) => own().destroy());
    expect(await indexKey()).toBe('');
    await signIn();
    await ada.revokeAll();
    expect(await indexKey()).toBe('');
  });

  it('does not grow with sessions that Redis expired: each sign-in looks at the four oldest', async () => {
    const { signIn } = setUp();
    await signIn();
    const key = await indexKey();
    const long = Date.now() - 2 * 3_600_000;
    for (let n = 0; n < 40; n++) await client.zadd(key, String(long + n), `gone-${n}`);
    // Old, and alive: it stays.
    await client.zadd(key, String(long - 1), 'alive');
    await client.set('sess:alive', '{}');
    // Young: its record may be about to be written.
    await client.zadd(key, String(Date.now()), 'young');
    for (let visit = 0; visit < 20; visit++) await signIn();
    await expect.poll(() => client.zcard(key)).toBeLessThanOrEqual(21 + 2 + 16);
    const left = await client.zrange(key, '0', '-1');
    expect(left).toContain('alive');
    expect(left).toContain('young');
  });
});

it('a user with 10,000 sessions: listed and ended, without KEYS or SCAN, and others are served meanwhile', async () => {
  const { ada, signIn, session } = setUp();
  await signIn();
  const key = await indexKey();
  const [id = ''] = await client.zrange(key, '0', '-1');
  const value = (await client.get(`sess:${id}`)) ?? '';
  const pipeline = client.pipeline();
  for (let n = 0; n < 10_000; n++) {
    pipeline.set(`sess:copy-${n}`, value, 'PX', 60_000);
    pipeline.zadd(key, Date.now(), `copy-${n}`);
  }
  await pipeline.exec();
  const bobs = await signIn('bob');
  const [listed] = await Promise.all([ada.list(), bobs.visit((own) => own().get('userId'))]);
  expect(listed).toHaveLength(10_001);
  expect(await ada.revokeAll()).toBe(10_001);
  expect(await ada.list()).toEqual([]);
  expect(await session.user('bob').list()).toHaveLength(1);
  const stats = await client.info('commandstats');
  expect(stats).toContain('cmdstat_zrange');
  // KEYS is this test's own.
  expect(stats).not.toContain('cmdstat_scan');
});

it('an index that Redis lost is made anew by the next new ID', async () => {
  const { ada, signIn } = setUp();
  const browser = await signIn();
  await client.del(await indexKey());
  expect(await ada.list()).toEqual([]);
  await browser.visit((own) => own().regenerate());
  expect(await ada.list()).toHaveLength(1);
});
