import { Redis } from 'ioredis';
import nextAppSession, { type Options, type SessionEvent } from 'next-app-session';
import { RedisStore, type Serializer } from 'next-app-session/redis';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { redisOfTests } from './redis.kit.js';
import { type Connection, clusterClients, singleClients } from './servers/redis-clients.js';
import { RedisCluster } from './servers/redis-cluster.js';

const LIMIT = 4096;
const READ_LIMIT = 8 * LIMIT;
const MEGABYTES_50 = 50 * 2 ** 20;

type Data = Record<string, unknown>;

const [{ server, client }, cluster] = await Promise.all([redisOfTests(), RedisCluster.start()]);
afterAll(() => cluster.stop());
beforeEach(() => client.flushall());

function setUp(options: Partial<Options<Data>> = {}) {
  const events: SessionEvent[] = [];
  const session = nextAppSession<Data>({
    secret: 'a secret',
    store: new RedisStore({ client }),
    maxBytes: LIMIT,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const told = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return events.splice(0);
  };
  return { session, browser: new Browser(session), told };
}

/** The bytes that the server has sent so far. */
async function sentBytes(): Promise<number> {
  const stats = await server.command('INFO', 'stats');
  return Number(/total_net_output_bytes:(\d+)/.exec(stats)?.[1]);
}

/** Replaces the record of a visitor who has a session, and returns its key. */
async function plant(browser: Browser<Data>, value: string): Promise<string> {
  await browser.visit((own) => own().set('user', 'ada'));
  const key = (await client.keys('sess:*')).find((found) => !found.includes('#')) ?? '';
  await client.set(key, value, 'KEEPTTL');
  return key;
}

const deep = `{"tree":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
const huge = () => JSON.stringify({ user: 'ada', note: 'x'.repeat(MEGABYTES_50) });

describe('a record of 50 MB', () => {
  it('is no session, and is not fetched, by reads, writes, lists and revocation', async () => {
    const { session, browser, told } = setUp({ user: (data) => data.user as string });
    const key = await plant(browser, huge());
    await told();
    const before = await sentBytes();
    expect(await browser.visit((own) => own().all())).toEqual({});
    const events = await told();
    expect(events).toContainEqual({ type: 'record_rejected', reason: 'too_large' });
    expect(events).toContainEqual(expect.objectContaining({ operation: 'get', outcome: 'rejected' }));
    const cookies = { ...browser.cookies };
    await new Browser(session, cookies).visit((own) => own().set('n', 1));
    expect(await session.user('ada').list()).toEqual([]);
    expect(await client.strlen(key)).toBeGreaterThan(MEGABYTES_50);
    expect(await session.user('ada').revokeAll()).toBe(1);
    expect(await client.exists(key)).toBe(0);
    expect((await sentBytes()) - before).toBeLessThan(5 * READ_LIMIT);
  });

  it('keeps the time that it has left: nobody slides it', async () => {
    const { browser } = setUp();
    const key = await plant(browser, huge());
    await client.pexpire(key, 50_000);
    await browser.visit((own) => own().all());
    expect(await client.pttl(key)).toBeLessThanOrEqual(50_000);
  });

  it('is deleted by a sign-out', async () => {
    const { browser } = setUp();
    const key = await plant(browser, huge());
    await browser.visit((own) => own().destroy());
    expect(await client.exists(key)).toBe(0);
    expect(browser.cookies).toEqual({});
  });
});

describe('the largest record that is read', () => {
  const ofSize = (bytes: number) => {
    const text = JSON.stringify({ note: '' });
    return JSON.stringify({ note: `${'x'.repeat(bytes - text.length - 3)}会` });
  };

  it.each([
    ['exactly eight times the limit', READ_LIMIT, true],
    ['a byte more, cut within a letter', READ_LIMIT + 1, false],
  ])('has %s', async (_, bytes, isRead) => {
    const { browser } = setUp();
    await plant(browser, ofSize(bytes));
    const store = new RedisStore({ client });
    const id = (await client.keys('sess:*'))[0]?.slice('sess:'.length) ?? '';
    const options = { now: Date.now(), clock: 'system', maxBytes: READ_LIMIT } as const;
    const loaded = await store.atomic.load(id, options);
    expect(loaded?.unreadable ?? false).toBe(!isRead);
    expect((loaded?.size ?? 0) > READ_LIMIT).toBe(!isRead);
    const got = store.get(id, options);
    if (isRead) expect(await got).toMatchObject({ note: expect.any(String) });
    else await expect(got).rejects.toMatchObject({ code: 'ERR_SESSION_DATA' });
    const note = await browser.visit((own) => own().get('note'));
    expect(note !== null).toBe(isRead);
  });
});

const kinds = [
  ...singleClients.map(({ name, open }) => [name, () => open([server.port])] as const),
  ...clusterClients.map(({ name, open }) => [name, () => open(cluster.ports)] as const),
];

it.each(kinds)('with %s: small, large, too large and missing records', async (name, open) => {
  const connection: Connection = await open();
  const store = new RedisStore({ client: connection.client, prefix: `${name}:` });
  const options = { now: Date.now(), clock: 'system', maxBytes: READ_LIMIT } as const;
  const record = (length: number) => ({ cookie: { expires: Date.now() + 60_000 }, note: 'x'.repeat(length) });
  expect(await store.atomic.load('a', options)).toBeNull();
  expect(await store.get('a', options)).toBeNull();
  for (const length of [10, 1000, READ_LIMIT - 100]) {
    await store.set('a', record(length));
    const loaded = await store.atomic.load('a', options);
    expect((loaded?.record as { note?: string })?.note).toHaveLength(length);
    expect(await store.atomic.swap('a', loaded?.version ?? null, record(length + 1), options)).not.toBeNull();
  }
  await store.set('a', record(READ_LIMIT));
  expect(await store.atomic.load('a', options)).toMatchObject({
    record: null,
    unreadable: true,
  });
  await store.destroy('a');

  connection.close();
});

describe.each([
  ['no JSON', '{"user":"ad'],
  ['no record', '"text"'],
  ['null', 'null'],
  ['100,000 levels deep', deep],
])('a record that is %s', (_, value) => {
  it('is no session, is told of, and is not overwritten', async () => {
    const { browser, told } = setUp({ maxBytes: 2 ** 20 });
    const key = await plant(browser, value);
    await told();
    const read = await browser.visit(async (own) => [await own().all(), await own().get('tree')]);
    expect(read).toEqual([{}, null]);
    expect(await told()).toEqual([
      expect.objectContaining({ operation: 'get', outcome: 'rejected' }),
      { type: 'record_rejected', reason: 'unreadable' },
    ]);
    await browser.visit((own) => own().set('n', 1));
    expect(await client.get(key)).toBe(value);
    expect(await browser.visit((own) => own().all())).toEqual({ n: 1 });
  });

  it('is deleted by a sign-out', async () => {
    const { browser } = setUp({ maxBytes: null });
    const key = await plant(browser, value);
    await browser.visit((own) => own().destroy());
    expect(await client.exists(key)).toBe(0);
  });
});

describe('a serializer', () => {
  const withSerializer = (serializer: Partial<Serializer>) => {
    const store = new RedisStore({
      client,
      serializer: { stringify: JSON.stringify, parse: JSON.parse, ...serializer },
    });
    return setUp({ store });
  };
  const overflow = (): never => overflow();
  const fail = () => {
    throw new Error('wrong key');
  };

  it.each([
    ['at once', overflow],
    ['later', async () => overflow()],
  ])('that runs out of stack as it writes throws ERR_SESSION_DATA, %s', async (_, stringify) => {
    const { browser } = withSerializer({ stringify });
    await browser.visit((own) =>
      expect(own().set('n', 1)).rejects.toMatchObject({ code: 'ERR_SESSION_DATA' }),
    );
    expect(await client.keys('*')).toEqual([]);
  });

  it.each([
    ['at once', overflow],
    ['later', async () => overflow()],
  ])('that runs out of stack as it reads finds no session, %s', async (_, parse) => {
    const { browser, told } = withSerializer({ parse });
    await browser.visit((own) => own().set('n', 1));
    await told();
    expect(await browser.visit((own) => own().all())).toEqual({});
    expect(await told()).toContainEqual({ type: 'record_rejected', reason: 'unreadable' });
  });

  it('that refuses a value is not told as depth', async () => {
    const stringify = () => new Date(Number.NaN).toISOString();
    const { browser } = withSerializer({ stringify });
    await browser.visit((own) =>
      expect(own().set('n', 1)).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' }),
    );
  });

  it('that fails in another way makes the request fail: its key may be out of reach for a moment', async () => {
    const { browser } = withSerializer({ parse: fail });
    await browser.visit((own) => own().set('n', 1));
    await browser.visit((own) => expect(own().all()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' }));
  });
});

it('a store that hangs is probed without a look at the record', async () => {
  const { browser } = setUp({ storeTimeout: 1 });
  await plant(browser, huge());
  const paused = new Redis(server.port);
  await paused.call('CLIENT', 'PAUSE', '3000', 'ALL').catch(() => {});
  const before = Date.now();
  await Promise.allSettled(Array.from({ length: 3 }, () => browser.visit((own) => own().all())));
  await expect
    .poll(() => browser.visit((own) => own().all()).catch(() => 'away'), { timeout: 90_000 })
    .toEqual({});
  expect(Date.now() - before).toBeGreaterThan(1500);
  expect(await sentBytes()).toBeLessThan(MEGABYTES_50);
  paused.disconnect();
});
