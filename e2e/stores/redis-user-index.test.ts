import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChainableCommander, Redis } from 'ioredis';
import nextAppSession, { type Options } from 'next-app-session';
import { RedisStore, type Serializer } from 'next-app-session/redis';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Browser } from './browser.kit.js';
import { redisOfTests } from './redis.kit.js';
import { clusterClients, singleClients } from './servers/redis-clients.js';
import { RedisCluster } from './servers/redis-cluster.js';

type Data = { userId?: string; n?: number };

const [{ server, client }, cluster] = await Promise.all([redisOfTests(), RedisCluster.start()]);
afterAll(() => cluster.stop());
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

/** The entries of the first user, by the time when they end. */
const indexKey = async () => (await client.keys('sess:{#user:*}'))[0] ?? '';

/** The keys of each entry, after the time when one was added last. */
const keysOf = async (index: string) => {
  const values = Object.entries(await client.hgetall(`${index}:keys`));
  return Object.fromEntries(values.map(([entry, value]) => [entry, value.split(' ').slice(1)]));
};

/** Adds an entry with one key, as another server may have done a while ago. */
function plant(pipeline: ChainableCommander, index: string, name: string, until: number) {
  pipeline.zadd(index, until, name);
  pipeline.hset(`${index}:keys`, name, `${Date.now() - 120_000} ${name}`);
}

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
    expect(await ada.list()).toHaveLength(0);
  });
});

describe('the index key', () => {
  it('holds neither the user nor an ID', async () => {
    const { signIn } = setUp();
    const browser = await signIn('ada@example.com');
    const id = (await browser.visit((own) => own().id())) ?? '';
    const key = await indexKey();
    const [entry = '', ...others] = await client.zrange(key, '0', '-1');
    const keys = await keysOf(key);
    expect(key).toMatch(/^sess:\{#user:[\w-]{43}\}$/);
    expect(entry).toMatch(/^[\w-]{16}$/);
    expect([others, Object.keys(keys)]).toEqual([[], [entry]]);
    expect(JSON.stringify([key, entry, keys])).not.toMatch(new RegExp(`${id}|ada`));
    expect(await client.exists(...(keys[entry] ?? []).map((name) => `sess:${name}`))).toBe(1);
  });

  it('lives until the absolute end of its sessions, and a minute more for clocks that differ', async () => {
    const DAY = 86_400_000;
    const lives = async (options: Partial<Options<Data>>) => {
      await client.flushall();
      await setUp(options).signIn();
      const key = await indexKey();
      const [entries, keys] = [await client.pttl(key), await client.pttl(`${key}:keys`)];
      expect(Math.abs(entries - keys)).toBeLessThan(1000);
      return entries;
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
    expect(await ada.list()).toHaveLength(0);
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
    expect(await client.keys('*')).toEqual([]);
    await signIn();
    await ada.revokeAll();
    expect(await client.keys('*')).toEqual([]);
  });

  it('does not grow with sessions that Redis expired: each sign-in removes expired entries', async () => {
    const { signIn } = setUp();
    await signIn();
    const key = await indexKey();
    const over = Date.now() - 2 * 60_000;
    const pipeline = client.pipeline();
    for (let n = 0; n < 40; n++) {
      // A revoked entry has the negative of its end.
      plant(pipeline, key, `gone-${n}`, n % 2 ? over - n : n - over);
    }
    // By the clock of the server that added it, this entry may not have expired.
    plant(pipeline, key, 'perhaps', Date.now() - 30_000);
    await pipeline.exec();
    await signIn();
    const left = await client.zrange(key, '0', '-1');
    expect(left).toHaveLength(3);
    expect(left).toContain('perhaps');
    expect(Object.keys(await keysOf(key)).sort()).toEqual([...left].sort());
  });
});

it('a session that another server’s serializer wrote is not listed, and is revoked with the others', async () => {
  const { ada, signIn } = setUp();
  const browsers = [await signIn(), await signIn()];
  const [[id] = []] = Object.values(await keysOf(await indexKey()));
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
      for (let n = 0; n < 2000; n++) plant(others, key, `other-${round}-${n}`, Date.now() + 60_000);
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
  const [keys, ...others] = Object.values(await keysOf(await indexKey()));
  expect([keys?.length, others]).toEqual([1, []]);
});

it('a user with 10,000 sessions: listed and ended, without KEYS or SCAN, and others are served meanwhile', async () => {
  const { ada, signIn, session } = setUp({ storeTimeout: 60 });
  await signIn();
  const key = await indexKey();
  const [[id] = []] = Object.values(await keysOf(key));
  const record = JSON.parse((await client.get(`sess:${id}`)) ?? '');
  const [claim] = record.__session.at(-1).users;
  const pipeline = client.pipeline();
  for (let n = 0; n < 10_000; n++) {
    claim[2] = `copy-${n}`;
    pipeline.set(`sess:copy-${n}`, JSON.stringify(record), 'PX', 60_000);
    plant(pipeline, key, `copy-${n}`, Date.now() + 60_000);
  }
  await pipeline.exec();
  const bobs = await signIn('bob');
  const listAll = async () => {
    const handles = new Set<string>();
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await ada.list({ limit: 1000, cursor });
      for (const { handle } of page) handles.add(handle);
      ({ cursor } = page);
    }
    return handles.size;
  };
  const [listed] = await Promise.all([listAll(), bobs.visit((own) => own().get('userId'))]);
  expect(listed).toBe(10_001);
  expect(await ada.revokeAll()).toBe(10_001);
  expect(await ada.list()).toHaveLength(0);
  expect(await session.user('bob').list()).toHaveLength(1);
  const stats = await client.info('commandstats');
  expect(stats).toContain('cmdstat_zrange');
  // KEYS is this test's own.
  expect(stats).not.toContain('cmdstat_scan');
});

it('of an index that Redis lost, no session moves to a new ID; whoever signs in again is listed again', async () => {
  const { ada, signIn } = setUp();
  const browser = await signIn();
  const key = await indexKey();
  await client.del(key, `${key}:keys`);
  expect(await ada.list()).toHaveLength(0);
  await expect(browser.visit((own) => own().regenerate())).rejects.toMatchObject({
    code: 'ERR_SESSION_GONE',
  });
  await browser.visit((own) => own().destroy());
  await browser.visit((own) => own().regenerate((data) => ({ ...data, userId: 'ada' })));
  expect(await ada.list()).toHaveLength(1);
});

it('an entry whose keys Redis evicted is passed over: a list has all others, and a revocation comes to an end', async () => {
  const { ada, signIn } = setUp();
  await signIn();
  const key = await indexKey();
  const pipeline = client.pipeline();
  // Earlier and later ends than that of the session, some of them revoked.
  for (let n = 0; n < 1500; n++)
    pipeline.zadd(key, (n % 3 ? 1 : -1) * (Date.now() + n * 86_400_000), `evicted-${n}`);
  await pipeline.exec();
  expect(await ada.list()).toHaveLength(1);
  expect(await ada.revokeAll()).toBe(1);
  expect(await client.keys('*')).toEqual([]);
});

it('a key that looks like a time is removed alone, and the time of its entry stays', async () => {
  const { users } = new RedisStore({ client });
  const options = { now: 1_800_000_000_000, clock: 'test' } as const;
  const entry = { entry: 'session', until: options.now + 60_000 };
  const keys = ['1800000000000', 'other'];
  for (const key of keys) await users.add('ada', { ...entry, key }, options);
  await users.remove('ada', [{ entry: 'session', key: '1800000000000' }], options);
  const { entries } = await users.list('ada', { limit: 10 }, options);
  expect(entries).toMatchObject([{ entry: 'session', isRecent: true, records: [{ key: 'other' }] }]);
});

it('an ACL user as docs/redis.md has it may do all that RedisStore does', async () => {
  const docs = readFileSync(new URL('../../docs/redis.md', import.meta.url), 'utf8');
  const [, rules = ''] = /ACL SETUSER sessions ([^`]+)```/.exec(docs) ?? [];
  await client.call('ACL', 'SETUSER', 'sessions', ...rules.trim().split(/\s+/));
  const limited = new Redis(server.port, { username: 'sessions', password: 'password' });
  try {
    const { ada, signIn } = setUp({ store: new RedisStore({ client: limited }), touchAfter: 0 });
    const browser = await signIn();
    await browser.visit((own) => own().set('n', 1));
    await browser.visit((own) => own().regenerate(undefined, { maxAge: 600 }));
    await browser.visit((own) => own().touch());
    expect(await browser.visit((own) => own().get('n'))).toBe(1);
    const others = [await signIn(), await signIn()];
    await others[0]?.visit((own) => own().destroy());
    const first = await ada.list({ limit: 1 });
    expect(await ada.list({ limit: 1, cursor: first.cursor })).toHaveLength(1);
    expect(await ada.revokeAll()).toBe(2);
    await expect(limited.get('other')).rejects.toThrow('NOPERM');
  } finally {
    limited.disconnect();
  }
});
