import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { SessionRecord } from 'next-app-session';
import { type RedisClient, RedisStore } from 'next-app-session/redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { isFullRun } from '../../scripts/full-run.mjs';
import { comparesInSet } from './redis.kit.js';
import { asRedis84 } from './servers/redis-8-4.js';
import { type Connection, ioredisOptions, singleClients } from './servers/redis-clients.js';
import { RedisServer } from './servers/redis-server.js';

// What a swap does is the same, whether the server compares in SET or a script does.

const server = await RedisServer.start();
const knowsIfeq = await comparesInSet(server);
afterAll(() => server.stop());

const options = () => ({ now: Date.now(), clock: 'system' }) as const;
const until = (ms: number) => ({ cookie: { expires: new Date(Date.now() + ms).toISOString() } });
const ended = until(-1);
const LONG = 'x'.repeat(9000);
const SECRET = 'ya29.the-users-access-token';

const standIn = {
  name: 'a client of Redis 8.4',
  open: async ([port]: readonly number[]): Promise<Connection> => {
    const client = new Redis({ ...ioredisOptions, port: port ?? 0, enableOfflineQueue: true });
    return { client: asRedis84(client), close: () => client.disconnect() };
  },
};
const clients = isFullRun ? singleClients : singleClients.filter(({ name }) => name.includes('6'));
const kinds = [
  ...clients.map((client) => ({ ...client, isOneCommand: knowsIfeq })),
  ...(knowsIfeq ? [] : [{ ...standIn, isOneCommand: true }]),
];

/** What the server was sent since then, without what scripts do. */
let sent: string[][] = [];
let monitor: Redis;
beforeAll(async () => {
  const client = new Redis(server.port);
  await client.ping();
  monitor = await client.monitor();
  client.disconnect();
  monitor.on('monitor', (_time: string, args: string[], source: string) => {
    if (source !== 'lua') sent.push(args);
  });
});
afterAll(() => monitor?.disconnect());

/** Until the monitor has told of all that was sent so far. */
async function settled(mark: string): Promise<void> {
  await server.command('ECHO', mark);
  await expect.poll(() => sent.some((args) => args.includes(mark))).toBe(true);
}

/** Returns the commands of swaps that a task sends. */
async function sentBy(task: () => Promise<unknown>): Promise<string[][]> {
  await settled('begin');
  sent = [];
  await task();
  await settled('end');
  // The stand-in sends a script in place of a SET that compares.
  const shown = sent.map(([name = '', ...args]) =>
    name.toLowerCase() === 'eval' && args[0]?.includes('ARGV[4]')
      ? ['set', ...args.slice(2, 4), 'IFEQ', ...args.slice(6), ...args.slice(4, 6)]
      : [name.toLowerCase(), ...args],
  );
  return shown.filter(([name]) => /^(set|eval|evalsha)$/.test(name ?? ''));
}

/** Ends the connections of all clients but the monitor, and waits until there are as many again. */
async function reconnected(): Promise<void> {
  const ids = async () => {
    const clients = await server.command('CLIENT', 'LIST');
    return [...clients.matchAll(/^id=(\d+) (?!.* flags=O )/gm)].map(([, id = '']) => id);
  };
  const before = await ids();
  for (const id of before) await server.command('CLIENT', 'KILL', 'ID', id);
  await expect.poll(async () => (await ids()).length).toBe(before.length);
}

const names = (commands: string[][]) => commands.map(([name]) => name);

describe.each(kinds)('with $name', ({ open, isOneCommand }) => {
  let connection: Connection;
  let store: RedisStore;
  let client: RedisClient;
  const swap = (id: string, expected: string | null, record: SessionRecord) =>
    store.atomic.swap(id, expected, record, options());
  /** Makes a record, and returns its version. */
  const made = async (id: string, data: object = {}) =>
    (await swap(id, null, { ...until(60_000), ...data })) ?? '';

  beforeEach(async () => {
    await server.command('FLUSHALL');
    connection = await open([server.port]);
    client = connection.client;
    store = new RedisStore({ client });
  });
  afterEach(async () => {
    connection?.close();
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    await server.command('REPLICAOF', 'NO', 'ONE');
  });

  /** A client that knows its server, which knows the scripts. */
  async function isAcquainted(): Promise<void> {
    const long = await swap('other', await made('other', { LONG }), { ...until(60_000), LONG });
    await swap('other', long, ended);
    await swap('other', await made('other'), ended);
  }

  it('a swap is one command where the server compares in SET, and so is a removal', async () => {
    await isAcquainted();
    const first = await made('a', { n: 1 });
    let second = '';
    const commands = await sentBy(async () => {
      second = (await swap('a', first, { ...until(60_000), n: 2 })) ?? '';
    });
    expect(names(commands)).toEqual(isOneCommand ? ['set'] : ['set', 'evalsha']);
    const removal = await sentBy(() => swap('a', second, ended));
    expect(names(removal)).toEqual([isOneCommand ? 'set' : 'evalsha']);
    expect(await server.command('EXISTS', 'sess:a')).toBe('0');
  });

  it('it asks once a client, with a key and values that hold nothing, and again after a reconnect', async () => {
    const asked = (commands: string[][]) => commands.filter((args) => args.slice(3, 5).join() === 'IFEQ,');
    const another = new RedisStore({ client, prefix: 'another:' });
    const swaps = async () => {
      const version = await another.atomic.swap('b', null, { ...until(60_000), SECRET }, options());
      await another.atomic.swap('b', version, ended, options());
      await swap('b', await made('b', { SECRET }), until(60_000));
      await swap('b', (await store.atomic.load('b', options()))?.version ?? '', ended);
    };
    const first = asked(await sentBy(swaps));
    expect(first).toEqual([
      ['set', expect.stringMatching(/^another:\{another:b\}:[\w-]+\.\d+$/), '', 'IFEQ', '', 'PXAT', '1'],
    ]);
    expect(asked(await sentBy(swaps))).toEqual([]);
    await reconnected();
    await vi.waitFor(() => store.get('b'), { timeout: 30_000, interval: 20 });
    expect(asked(await sentBy(swaps))).toHaveLength(1);
  });

  it('a long record is not sent again to be compared', async () => {
    await isAcquainted();
    const version = await made('a', { LONG });
    expect(names(await sentBy(() => swap('a', version, { ...until(60_000), n: 2 })))).toEqual([
      'set',
      'evalsha',
    ]);
    expect(await store.get('a')).toMatchObject({ n: 2 });
  });

  it('a record that is another one, has ended or is gone stays as it is', async () => {
    const first = await made('a', { n: 1 });
    const second = await swap('a', first, { ...until(60_000), n: 2 });
    for (const record of [{ ...until(60_000), n: 3 }, ended]) {
      expect(await swap('a', first, record)).toBeNull();
      expect(await swap('gone', first, record)).toBeNull();
    }
    expect((await store.atomic.load('a', options()))?.version).toBe(second);
    const short = await swap('a', second, { ...until(50), n: 4 });
    await sleep(60);
    expect(await swap('a', short, until(60_000))).toBeNull();
    expect(await swap('a', short, ended)).toBeNull();
    expect(await server.command('KEYS', '*')).toBe('');
  });

  it('a swap that is sent again changes nothing again', async () => {
    await isAcquainted();
    const first = await made('a', { n: 1 });
    const second = { ...until(60_000), n: 2 };
    expect(await Promise.all([swap('a', first, second), swap('a', first, second)])).toEqual([
      JSON.stringify(second),
      null,
    ]);
    const version = JSON.stringify(second);
    expect(await Promise.all([swap('a', version, ended), swap('a', version, ended)])).toEqual(['', null]);
  });

  it('a swap gives the record the time that it has', async () => {
    await isAcquainted();
    let version = await made('a');
    for (const ms of [5000, 100_000]) {
      version = (await swap('a', version, until(ms))) ?? '';
      const left = Number(await server.command('PTTL', 'sess:a'));
      expect(left).toBeGreaterThan(ms - 2000);
      expect(left).toBeLessThanOrEqual(ms);
    }
  });

  it('text of any kind is compared byte by byte', async () => {
    await isAcquainted();
    const text = 'ä\u0000\u2028😀 IFEQ\r\n"';
    const version = await made('a', { text });
    expect(await swap('a', `${version} `, until(60_000))).toBeNull();
    const next = await swap('a', version, { ...until(60_000), text: `${text}2` });
    expect(await store.get('a')).toMatchObject({ text: `${text}2` });
    expect(await swap('a', next, ended)).toBe('');
  });

  it.each([
    ['that holds no text', () => server.command('LPUSH', 'sess:a', 'one'), 'WRONGTYPE'],
    ['on a replica', () => server.command('REPLICAOF', '127.0.0.1', '1'), 'READONLY'],
    ['in a full memory', () => server.command('CONFIG', 'SET', 'maxmemory', '1'), 'OOM'],
  ])('a key %s: the error says so', async (_, begin, word) => {
    await isAcquainted();
    const version = await made('b');
    await begin();
    const id = word === 'WRONGTYPE' ? 'a' : 'b';
    await expect(swap(id, version, until(60_000))).rejects.toThrow(word);
    if (word === 'OOM') expect(await swap(id, version, ended)).toBe('');
    else await expect(swap(id, version, ended)).rejects.toThrow(word);
  });

  it('a client that cannot ask removes a record in a full memory, and asks later', async () => {
    const version = await made('a');
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    expect(await swap('a', version, ended)).toBe('');
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    await isAcquainted();
    const commands = await sentBy(async () => swap('c', await made('c'), ended));
    expect(names(commands)).toEqual(['set', isOneCommand ? 'set' : 'evalsha']);
  });

  it('200 increments by swaps at once are all kept, also where none has asked before', async () => {
    await made('n', { n: 0 });
    const increment = async (): Promise<void> => {
      const found = await store.atomic.load('n', options());
      const { n = 0 } = (found?.record ?? {}) as { n?: number };
      if (!(await swap('n', found?.version ?? '', { ...until(60_000), n: n + 1 }))) await increment();
    };
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let round = 0; round < 10; round++) await increment();
      }),
    );
    expect(await store.get('n')).toMatchObject({ n: 200 });
  });
});

it('a server that takes no notice of a condition in SET gets scripts', async () => {
  const real = new Redis(server.port);
  const { call } = asRedis84(real) as { call(name: string, args: string[]): Promise<unknown> };
  const careless = {
    call: (name: string, args: string[]) =>
      args.includes('IFEQ') ? call(name, args.toSpliced(args.indexOf('IFEQ'), 2)) : call(name, args),
    pipeline: (commands: (string | number)[][]) => real.pipeline(commands),
  };
  const { atomic } = new RedisStore({ client: careless });
  const version = await atomic.swap('a', null, until(60_000), options());
  expect(await atomic.swap('a', 'another', { ...until(60_000), n: 1 }, options())).toBeNull();
  expect(await atomic.swap('a', version, { ...until(60_000), n: 2 }, options())).not.toBeNull();
  expect(await server.command('GET', 'sess:a')).toContain('"n":2');
  real.disconnect();
});
