import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import nextAppSession, { type Options } from 'next-app-session';
import { RedisStore, type Serializer } from 'next-app-session/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
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
    const { ada, signIn } = setUp({ idleTimeout: 2 });
    const browser = await signIn();
    let readFrom = 0;
    for (let read = 0; read < 4; read++) {
      await sleep(700);
      readFrom = Date.now();
      expect(await browser.visit((own) => own().get('userId'))).toBe('ada');
    }
    const readUntil = Date.now();
    await sleep(300);
    const listedFrom = Date.now();
    const [row] = await ada.list();
    // The time is that of the last read, give or take what the list itself took, and what Redis rounds.
    const [earliest, latest] = [readFrom - 50, readUntil + (Date.now() - listedFrom) + 50];
    expect(row?.lastSeenAt).toBeGreaterThan(earliest);
    expect(row?.lastSeenAt).toBeLessThan(latest);
    expect(row?.expiresAt).toBeGreaterThan(earliest + 2000);
    expect(row?.expiresAt).toBeLessThan(latest + 2000);
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

  it('lives until the absolute end of its sessions, and a minute more for clocks that differ', async () => {
    const DAY = 86_400_000;
    const lives = async (options: Partial<Options<Data>>) => {
      await client.flushall();
      await setUp(options).signIn();
      return client.pttl(await indexKey());
    };
    expect(Math.abs((await lives({})) - 30 * DAY - 60_000)).toBeLessThan(5000);
    expect(Math.abs((await lives({ absoluteTimeout: 86_400.0001 })) - DAY - 60_000)).toBeLessThan(5000);
    expect(Math.abs((await lives({ cookie: { maxAge: 90 * 86_400 } })) - 90 * DAY - 60_000)).toBeLessThan(
      5000,
    );
  });

  it('never lives shorter for a session that does', async () => {
    await setUp().signIn();
    const before = await client.pttl(await indexKey());
    await setUp({ absoluteTimeout: 10 }).signIn();
    expect(await client.pttl(await indexKey())).toBeGreaterThan(before - 5000);
  });

  it('is written once: a session that is used on and on ends with its entry', async () => {
    const { ada, signIn } = setUp({ idleTimeout: 2, absoluteTimeout: 4 });
    const browser = await signIn();
    const [before] = await client.zrange(await indexKey(), '0', '-1', 'WITHSCORES');
    for (let read = 0; read < 5; read++) {
      await sleep(500);
      expect(await browser.visit((own) => own().get('userId'))).toBe('ada');
    }
    expect(await client.zrange(await indexKey(), '0', '-1', 'WITHSCORES')).toContain(before);
    expect(await ada.list()).toHaveLength(1);
    await sleep(1700);
    expect(await browser.visit((own) => own().all())).toEqual({});
    expect(await ada.list()).toEqual([]);
  });

  it('uses the clock of Redis: a server that is ahead drops no live session', async () => {
    const { ada, signIn } = setUp();
    await signIn();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 40 * 86_400_000 });
    await setUp()
      .signIn()
      .finally(() => vi.useRealTimers());
    expect((await ada.list()).length).toBe(2);
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

  it('does not grow with sessions that Redis expired: each sign-in removes expired entries', async () => {
    const { signIn } = setUp();
    await signIn();
    const key = await indexKey();
    const over = Date.now() - 2 * 60_000;
    for (let n = 0; n < 40; n++) await client.zadd(key, String(over - n), `gone-${n}`);
    // By the clock of the server that added it, this entry may not have expired.
    await client.zadd(key, String(Date.now() - 30_000), 'perhaps');
    await signIn();
    const left = await client.zrange(key, '0', '-1');
    expect(left).toHaveLength(3);
    expect(left).toContain('perhaps');
  });
});

it('a session that another server’s serializer wrote is not listed, and is revoked with the others', async () => {
  const { ada, signIn } = setUp();
  const browsers = [await signIn(), await signIn()];
  const [id = ''] = await client.zrange(await indexKey(), '0', '-1');
  await client.set(`sess:${id}`, 'encrypted', 'KEEPTTL');
  expect(await ada.list()).toHaveLength(1);
  const picky: Serializer = {
    stringify: JSON.stringify,
    parse: (text) => {
      if (text === 'encrypted') throw new Error('no such key');
      return JSON.parse(text);
    },
  };
  const other = setUp({ store: new RedisStore({ client, serializer: picky }) });
  expect(await other.ada.list()).toHaveLength(1);
  expect(await other.ada.revokeAll()).toBe(2);
  expect(await client.keys('*')).toEqual([]);
  for (const browser of browsers) expect(await browser.visit((own) => own().all())).toEqual({});
});

it.each([5, 0])(
  'a session that gets a new ID while many are listed escapes no revocation, with a grace period of %i s',
  async (regenerateGrace) => {
    const { ada, signIn } = setUp({ regenerateGrace });
    for (let round = 0; round < 10; round++) {
      await client.flushall();
      const browser = await signIn();
      const others = client.pipeline();
      const key = await indexKey();
      for (let n = 0; n < 2000; n++) others.zadd(key, Date.now() + 60_000, `other-${round}-${n}`);
      await others.exec();
      const revoked = ada.revokeAll();
      await sleep(2 * round);
      await browser.visit((own) => own().regenerate()).catch(() => {});
      await revoked;
      expect(await browser.visit((own) => own().all())).toEqual({});
    }
  },
);

it('an old ID that leaves no grace copy is removed from the index', async () => {
  const { signIn } = setUp({ regenerateGrace: 0 });
  const browser = await signIn();
  for (let move = 0; move < 5; move++) await browser.visit((own) => own().regenerate());
  expect(await client.zcard(await indexKey())).toBe(1);
});

it('a user with 10,000 sessions: listed and ended, without KEYS or SCAN, and others are served meanwhile', async () => {
  const { ada, signIn, session } = setUp({ storeTimeout: 60 });
  await signIn();
  const key = await indexKey();
  const [id = ''] = await client.zrange(key, '0', '-1');
  const value = (await client.get(`sess:${id}`)) ?? '';
  const pipeline = client.pipeline();
  for (let n = 0; n < 10_000; n++) {
    pipeline.set(`sess:copy-${n}`, value, 'PX', 60_000);
    pipeline.zadd(key, Date.now() + 60_000, `copy-${n}`);
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

it('an index that Redis lost is made again by the next new ID', async () => {
  const { ada, signIn } = setUp();
  const browser = await signIn();
  await client.del(await indexKey());
  expect(await ada.list()).toEqual([]);
  await browser.visit((own) => own().regenerate());
  expect(await ada.list()).toHaveLength(1);
});
