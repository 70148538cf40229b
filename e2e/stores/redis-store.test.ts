import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { Cluster, Redis } from 'ioredis';
import nextAppSession, { type CallOptions } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Browser } from './browser.kit.js';
import {
  type Connection,
  clusterClients,
  fromIoRedis,
  sentinelClients,
  singleClients,
} from './servers/redis-clients.js';
import { RedisCluster } from './servers/redis-cluster.js';
import { RedisSentinels } from './servers/redis-sentinel.js';
import { RedisServer } from './servers/redis-server.js';

const SHORT = 600;
const system = (): CallOptions => ({ now: Date.now(), clock: 'system' });
const until = (ms: number) => ({ cookie: { expires: new Date(Date.now() + ms).toISOString() } });

let server: RedisServer;
let cluster: RedisCluster;
let sentinels: RedisSentinels;
beforeAll(async () => {
  [server, cluster, sentinels] = await Promise.all([
    RedisServer.start(),
    RedisCluster.start(),
    RedisSentinels.start(),
  ]);
});
afterAll(() => Promise.all([server?.stop(), cluster?.stop(), sentinels?.stop()]));

const kinds = [
  ...singleClients.map(({ name, open }) => [name, () => open([server.port])] as const),
  ...clusterClients.map(({ name, open }) => [name, () => open(cluster.ports)] as const),
  ...sentinelClients.map(
    ({ name, open }) =>
      [
        name,
        () =>
          open(
            sentinels.sentinels.map(({ port }) => port),
            sentinels.name,
          ),
      ] as const,
  ),
];

describe.each(kinds)('with %s', (name, open) => {
  let connection: Connection;
  let store: RedisStore;
  beforeAll(async () => {
    connection = await open();
    store = new RedisStore({ client: connection.client, prefix: `${name}:` });
  });
  afterAll(() => connection?.close());

  it('reads what it wrote, and nothing else', async () => {
    expect(await store.get('a')).toBeNull();
    expect(await store.atomic.load('a', system())).toBeNull();
    await store.set('a', { ...until(60_000), text: 'ä\u0000\u2028', list: [1, null] });
    expect(await store.get('a')).toMatchObject({ text: 'ä\u0000\u2028', list: [1, null] });
    expect((await store.atomic.load('a', system()))?.record).toMatchObject({ list: [1, null] });
    await store.destroy('a');
    await store.destroy('a');
    expect(await store.get('a')).toBeNull();
  });

  it('swaps only what is as expected', async () => {
    const first = await store.atomic.swap('b', null, { ...until(60_000), n: 1 }, system());
    expect(first).not.toBeNull();
    expect(await store.atomic.swap('b', null, { ...until(60_000), n: 9 }, system())).toBeNull();
    expect((await store.atomic.load('b', system()))?.version).toBe(first);
    const second = await store.atomic.swap('b', first, { ...until(60_000), n: 2 }, system());
    expect(second).not.toBeNull();
    expect(await store.atomic.swap('b', first, { ...until(60_000), n: 9 }, system())).toBeNull();
    expect(await store.get('b')).toMatchObject({ n: 2 });
    await store.set('b', { ...until(60_000), n: 3 });
    expect(await store.atomic.swap('b', second, { ...until(60_000), n: 9 }, system())).toBeNull();
  });

  it('swaps large records, many at once', async () => {
    const end = until(60_000);
    const large = (n: number) => ({ ...end, n, text: 'ä'.repeat(200_000) });
    await Promise.all(
      Array.from({ length: 10 }, async (_, at) => {
        const id = `large-${at}`;
        const first = await store.atomic.swap(id, null, large(1), system());
        const second = await store.atomic.swap(id, first, large(2), system());
        expect((await store.atomic.load(id, system()))?.version).toBe(second);
        expect(await store.get(id)).toEqual(large(2));
      }),
    );
  });

  it('removes by a swap that has expired', async () => {
    const version = await store.atomic.swap('c', null, until(60_000), system());
    expect(await store.atomic.swap('c', 'other', until(-1), system())).toBeNull();
    expect(await store.atomic.swap('c', version, until(-1), system())).not.toBeNull();
    expect(await store.get('c')).toBeNull();
    expect(await store.atomic.swap('c', version, until(60_000), system())).toBeNull();
  });

  it('loses none of 50 increments made at once, each by swap', async () => {
    await store.set('d', { ...until(60_000), n: 0 });
    const increment = async (): Promise<void> => {
      const found = await store.atomic.load('d', system());
      if (!found) throw new Error('It is gone.');
      const { n } = found.record as { n?: number };
      const next = { ...found.record, n: (n ?? 0) + 1 };
      if ((await store.atomic.swap('d', found.version, next, system())) === null) await increment();
    };
    await Promise.all(Array.from({ length: 50 }, increment));
    expect(await store.get('d')).toMatchObject({ n: 50 });
  });

  it('touch moves the expiry of what is there, and reading leaves it as it is', async () => {
    await store.touch('e', until(60_000));
    expect(await store.get('e')).toBeNull();
    await store.set('e', { ...until(SHORT), n: 1 });
    await store.touch('e', { ...until(60_000), n: 2 });
    await store.set('f', until(SHORT));
    await store.atomic.load('f', system());
    await sleep(2 * SHORT);
    expect(await store.get('e')).toMatchObject({ n: 1 });
    expect(await store.get('f')).toBeNull();
  });
});

describe('keys', () => {
  let client: Redis;
  beforeAll(async () => {
    await server.command('FLUSHALL');
    client = new Redis(server.port);
  });
  afterAll(() => client?.disconnect());

  it('have a prefix, and all a time to live', async () => {
    await new RedisStore({ client }).set('a', {});
    await new RedisStore({ client, prefix: '' }).atomic.swap('b', null, {}, system());
    await new RedisStore({ client, prefix: 'app:' }).atomic.swap('c', null, until(60_000), system());
    expect((await server.command('KEYS', '*')).split('\n').sort()).toEqual(['app:c', 'b', 'sess:a']);
    for (const key of ['app:c', 'b', 'sess:a'])
      expect(Number(await server.command('PTTL', key))).toBeGreaterThan(0);
    await server.command('FLUSHALL');
  });

  it('of two prefixes are apart', async () => {
    const [one, two] = ['one:', 'two:'].map((prefix) => new RedisStore({ client, prefix }));
    await one?.set('a', { n: 1 });
    expect(await two?.get('a')).toBeNull();
    await two?.destroy('a');
    expect(await one?.get('a')).toMatchObject({ n: 1 });
    await server.command('FLUSHALL');
  });

  it('take the keyPrefix of the client as well', async () => {
    const prefixed = new Redis({ port: server.port, keyPrefix: 'tenant:' });
    const store = new RedisStore({ client: prefixed });
    const version = await store.atomic.swap('a', null, { ...until(60_000), n: 1 }, system());
    await store.atomic.swap('a', version, { ...until(60_000), n: 2 }, system());
    expect(await store.get('a')).toMatchObject({ n: 2 });
    expect(await server.command('KEYS', '*')).toBe('tenant:sess:a');
    prefixed.disconnect();
    await server.command('FLUSHALL');
  });

  it('of a cluster whose client has a keyPrefix stay in one slot', async () => {
    const { Cluster } = await import('ioredis');
    const nodes = cluster.ports.map((port) => ({ host: '127.0.0.1', port }));
    const prefixed = new Cluster(nodes, { keyPrefix: 'tenant:' });
    const store = new RedisStore({ client: prefixed });
    for (let i = 0; i < 20; i++) {
      const version = await store.atomic.swap(`id-${i}`, null, { ...until(60_000), n: i }, system());
      expect(
        await store.atomic.swap(`id-${i}`, version, { ...until(60_000), n: i + 1 }, system()),
      ).not.toBeNull();
    }
    prefixed.disconnect();
  });

  it('staged for a swap that came too late vanish', async () => {
    const store = new RedisStore({ client });
    await store.set('a', { n: 1 });
    await store.atomic.swap('a', 'other', { ...until(60_000), n: 2 }, system());
    expect(await server.command('KEYS', '*')).toBe('sess:a');
    await server.command('FLUSHALL');
  });
});

describe('one round trip a call', () => {
  const everyCall = (store: RedisStore) =>
    [
      ['load', () => store.atomic.load('a', system())],
      ['get', () => store.get('a')],
      ['set', () => store.set('a', until(60_000))],
      ['touch', () => store.touch('a', until(60_000))],
      ['swap', () => store.atomic.swap('a', null, until(60_000), system())],
      ['destroy', () => store.destroy('a')],
    ] as const;

  it('is one write to the socket', async () => {
    const client = new Redis(server.port);
    const store = new RedisStore({ client });
    // Once before, for the server to learn the scripts.
    for (const [, call] of everyCall(store)) await call();
    const writes = vi.spyOn(client.stream, 'write');
    const counts: Record<string, number> = {};
    for (const [name, call] of everyCall(store)) {
      writes.mockClear();
      await call();
      counts[name] = writes.mock.calls.length;
    }
    expect(counts).toEqual({ load: 1, get: 1, set: 1, touch: 1, swap: 1, destroy: 1 });
    client.disconnect();
  });
});

describe('the serializer', () => {
  it('may be async, for example to encrypt', async () => {
    const client = new Redis(server.port);
    const key = 42;
    const flip = (text: string) =>
      Buffer.from(Buffer.from(text).map((byte) => byte ^ key)).toString('base64');
    const serializer = {
      stringify: async (record: object) => flip(JSON.stringify(record)),
      parse: async (text: string) =>
        JSON.parse(Buffer.from(Buffer.from(text, 'base64').map((byte) => byte ^ key)).toString()),
    };
    const store = new RedisStore({ client, serializer });
    const version = await store.atomic.swap('s', null, { ...until(60_000), user: 'ada' }, system());
    expect(await server.command('GET', 'sess:s')).not.toContain('ada');
    expect(await store.atomic.load('s', system())).toMatchObject({ version, record: { user: 'ada' } });
    client.disconnect();
  });

  it('gets JSON: one that keeps Dates, as superjson does, finds a string where the app set a Date', async () => {
    const client = new Redis(server.port);
    const stringify = (record: object) => {
      const mark = function (this: Record<string, unknown>, key: string, value: unknown) {
        return this[key] instanceof Date ? { date: value } : value;
      };
      return JSON.stringify(record, mark);
    };
    const parse = (text: string) =>
      JSON.parse(text, (_key, value) => (typeof value?.date === 'string' ? new Date(value.date) : value));
    const at = new Date(0);
    expect(parse(stringify({ at }))).toEqual({ at });

    const store = new RedisStore({ client, serializer: { stringify, parse } });
    const browser = new Browser(nextAppSession<{ at: Date }>({ secret: 'a secret', store }));
    await browser.visit((own) => own().set('at', at));
    expect(await browser.visit((own) => own().get('at'))).toBe(at.toJSON());
    client.disconnect();
  });

  it('may return promises of another realm, as test runners have them', async () => {
    const client = new Redis(server.port);
    const parse = runInNewContext('async (text) => JSON.parse(text)');
    const store = new RedisStore({ client, serializer: { stringify: JSON.stringify, parse } });
    await store.set('foreign', { ...until(60_000), user: 'ada' });
    expect(await store.atomic.load('foreign', system())).toMatchObject({ record: { user: 'ada' } });
    expect(await store.get('foreign')).toMatchObject({ user: 'ada' });
    client.disconnect();
  });
});

it('a value that is no JSON is no session; what else a serializer throws is thrown', async () => {
  const client = new Redis(server.port);
  await server.command('SET', 'sess:torn', '{"user":"ad');
  const store = new RedisStore({ client });
  await expect(store.get('torn')).rejects.toMatchObject({ code: 'ERR_SESSION_DATA' });
  expect(await store.atomic.load('torn', system())).toMatchObject({ record: null, unreadable: true });
  const parse = () => {
    throw new Error('wrong key');
  };
  const sealed = new RedisStore({ client, serializer: { stringify: JSON.stringify, parse } });
  await expect(sealed.get('torn')).rejects.toThrow('wrong key');
  client.disconnect();
});

it('a client of another kind is refused, with the fix', () => {
  expect(() => new RedisStore({ client: {} as never })).toThrow(/ioredis 5 or 6/);
});

it('replicas that answer reads (scaleReads of ioredis) are not asked: one may lack a session that somebody signs out', async () => {
  const client = new Cluster(
    cluster.ports.map((port) => ({ host: '127.0.0.1', port })),
    { scaleReads: 'slave', slotsRefreshInterval: 100 },
  );
  const { close } = await fromIoRedis(client);
  const roles = await Promise.all(cluster.nodes.map((node) => node.command('ROLE')));
  const replicas = cluster.nodes.filter((_, at) => roles[at]?.startsWith('slave'));
  const askedReplicas = async () => {
    const stats = await Promise.all(replicas.map((node) => node.command('INFO', 'commandstats')));
    return stats.filter((stat) => /^cmdstat_(get|getrange|eval_ro|evalsha_ro):/m.test(stat)).length;
  };
  // As soon as the client knows its replicas.
  await expect.poll(() => client.get('a key').then(askedReplicas)).toBe(1);
  await Promise.all(replicas.map((node) => node.command('CONFIG', 'RESETSTAT')));
  const session = nextAppSession<{ user: string; n: number }>({
    secret: 'a secret',
    store: new RedisStore({ client }),
    user: ({ user }) => user,
  });
  const browser = new Browser(session);
  await browser.visit((own) => own().regenerate(() => ({ user: 'ada', n: 1 })));
  expect(await browser.visit((own) => own().get('n'))).toBe(1);
  expect(await session.user('ada').list()).toHaveLength(1);
  expect(await session.user('ada').revokeAll()).toBe(1);
  expect(await askedReplicas()).toBe(0);
  close();
});
