import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import nextAppSession, { type AppSession } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { comparesInSet } from './redis.kit.js';
import { RedisServer } from './servers/redis-server.js';

type Data = Record<'a' | 'b' | 'c' | 'd' | 'n', number>;
type Handler = (session: () => AppSession<Data>) => Promise<unknown>;

const server = await RedisServer.start();

/** What a client sends to read a session, without what is too large; and to begin one. */
const READ = ['getrange'];
const NEW = ['set'];
/** To write one: a SET that compares. On other servers the record, staged, and the script that swaps it in. */
const WRITE = (await comparesInSet(server)) ? ['set'] : ['set', 'evalsha'];
/** To remove one as it was read, for the first time: the server has not seen the script yet. */
const REMOVE = (await comparesInSet(server)) ? ['set'] : ['evalsha', 'eval'];

let client: Redis;
/** Sees every command that the server is sent. */
let monitor: Redis;
let seen: string[] = [];

beforeAll(async () => {
  client = new Redis(server.port);
  // Ready first: ioredis takes a command that the server reports along with its answer to MONITOR for a fault, and
  // that of a client which is still connecting is such a one, on a busy machine.
  await client.ping();
  monitor = await client.monitor();
  monitor.on('monitor', (_time: string, [command = '']: string[], source: string) => {
    // A script's own commands are no round trips.
    if (source !== 'lua') seen.push(command.toLowerCase());
  });
});

afterAll(async () => {
  client?.disconnect();
  monitor?.disconnect();
  await server?.stop();
});

const session = nextAppSession<Data>({
  secret: 'a secret',
  store: () => new RedisStore({ client }),
  idleTimeout: 600,
  // 200 writes of one session wait for each other.
  storeTimeout: 60,
});

let browser: Browser<Data>;

beforeEach(async () => {
  seen = [];
  browser = new Browser(session);
  await browser.visit((session) => session().setAll({ a: 1, b: 2, c: 3, d: 4, n: 0 }));
  // The first use of a script on a server loads it.
  await browser.visit((session) => session().set('n', 0));
  await commands(() => Promise.resolve());
});

/** The commands that one request costs. */
async function commands(handler: Handler, visitor = browser): Promise<string[]> {
  await settled();
  seen = [];
  await visitor.visit(handler);
  await settled();
  return seen.filter((command) => command !== 'echo');
}

/** Until the monitor has told of all that was sent so far. */
async function settled(): Promise<void> {
  const marks = seen.filter((command) => command === 'echo').length;
  await client.echo('mark');
  await expect.poll(() => seen.filter((command) => command === 'echo').length).toBeGreaterThan(marks);
}

const KEYS = ['a', 'b', 'c', 'd', 'n'] as const;

describe('a request costs', () => {
  it.each<[string, string[], Handler]>([
    ['one command to read a key', READ, (s) => s().get('a')],
    ['one command to read five keys at once', READ, (s) => Promise.all(KEYS.map((key) => s().get(key)))],
    [
      'one command to read five keys in turn, and all else that can be read',
      READ,
      async (s) => {
        for (const key of KEYS) await s().get(key);
        await Promise.all([s().all(), s().has('a'), s().info(), s().id()]);
      },
    ],
    ['a read and a swap to increment', [...READ, ...WRITE], (s) => s().update(increment)],
    [
      'a read and a swap to increment what was read before',
      [...READ, ...WRITE],
      async (s) => {
        await s().get('n');
        await s().update(increment);
      },
    ],
    ['a read and a swap to set a key', [...READ, ...WRITE], (s) => s().set('a', 5)],
    [
      'a swap for each further write, and no read',
      [...READ, ...WRITE, ...WRITE],
      async (s) => {
        await s().set('a', 5);
        await s().set('b', 5);
        await s().get('b');
      },
    ],
  ])('%s', async (_, expected, handler) => {
    expect(await commands(handler)).toEqual(expected);
  });

  it('a swap more to read a session whose idle timeout is to slide, once in touchAfter', async () => {
    const store = new RedisStore({ client });
    const session = nextAppSession<Data>({ secret: 'a secret', store, touchAfter: 2 });
    const visitor = new Browser(session);
    await visitor.visit((s) => s().regenerate(increment, { maxAge: 600 }));
    expect(await commands((s) => s().get('n'), visitor)).toEqual(READ);
    await sleep(2100);
    expect(await commands((s) => s().get('n'), visitor)).toEqual([...READ, ...WRITE]);
    expect(await commands((s) => s().get('n'), visitor)).toEqual(READ);
  });

  it('two more commands where the user changes, three for a new ID, however long their index, and none for other writes or reads', async () => {
    type Account = { userId: string; n: number };
    const session = nextAppSession<Account>({
      secret: 'a secret',
      store: new RedisStore({ client }),
      user: ({ userId }) => userId,
    });
    const visitor = new Browser(session);
    await visitor.visit((s) => s().set('n', 1));
    const cost = (handler: (s: () => AppSession<Account>) => Promise<unknown>) =>
      commands(handler as unknown as Handler, visitor as unknown as Browser<Data>);
    const INDEX = 'evalsha';
    // The index is asked to add the new key, and once the record is written whether it still has it.
    const INDEXED = [INDEX, ...WRITE, INDEX];
    const INDEXED_NEW = [INDEX, ...NEW, INDEX];
    const GRACE_COPY = WRITE;
    // The first use of a script on a server loads it.
    const LOADED = [INDEX, 'eval'];
    expect(await cost((s) => s().regenerate((data) => ({ ...data, userId: 'ada' })))).toEqual([
      ...READ,
      ...LOADED,
      ...NEW,
      INDEX,
      ...GRACE_COPY,
    ]);
    expect(await cost((s) => s().get('n'))).toEqual(READ);
    expect(await cost((s) => s().set('n', 2))).toEqual([...READ, ...WRITE]);
    // The grace copy still shows ada, so it is read and deleted.
    const COPY_DELETED = [...READ, ...REMOVE];
    expect(await cost((s) => s().set('userId', 'bob'))).toEqual([...READ, ...INDEXED, ...COPY_DELETED]);
    expect(await cost((s) => s().regenerate())).toEqual([...READ, ...INDEXED_NEW, ...GRACE_COPY, ...LOADED]);
    for (const index of await client.keys('sess:{#user:*}')) {
      for (let n = 0; n < 100; n++) await client.zadd(index, n, `gone-${n}`);
    }
    const REMOVED = INDEX;
    expect(await cost((s) => s().regenerate())).toEqual([...READ, ...INDEXED_NEW, ...GRACE_COPY, REMOVED]);
  });

  it('for a session of two users what its index costs once for each, and no more to read, write or sign out', async () => {
    type Account = { userId: string; sid: string; n: number };
    const session = nextAppSession<Account>({
      secret: 'a secret',
      store: new RedisStore({ client }),
      user: ({ userId, sid }) => [userId, sid && `sid:${sid}`],
      regenerateGrace: 0,
    });
    const visitor = new Browser(session);
    const count = async (handler: (s: () => AppSession<Account>) => Promise<unknown>) => {
      const sent = await commands(handler as unknown as Handler, visitor as unknown as Browser<Data>);
      // A script is sent again, as its text, where the server does not have it yet.
      return sent.filter((command) => command !== 'eval').length;
    };
    const signIn = (sid: string) => (s: () => AppSession<Account>) =>
      s().regenerate(() => ({ userId: 'ada', sid, n: 1 }));
    await visitor.visit((s) => s().set('n', 1));
    // Each index is asked to add the new key, and once the record is written whether it still has it.
    const INDEXED = 2 * 2;
    const RETIRED = WRITE.length + 1;
    expect(await count(signIn('one'))).toBe(READ.length + INDEXED + NEW.length + RETIRED);
    expect(await count((s) => s().get('n'))).toBe(READ.length);
    expect(await count((s) => s().set('n', 2))).toBe(READ.length + WRITE.length);
    expect(await count((s) => s().set('sid', 'two'))).toBe(READ.length + INDEXED / 2 + WRITE.length);
    const UNINDEXED = 2;
    expect(await count((s) => s().regenerate())).toBe(
      READ.length + INDEXED + NEW.length + RETIRED + UNINDEXED,
    );
    // One index is asked, revokes, and gives the record.
    expect(await count((s) => s().destroy())).toBe(READ.length + 3 + 1 + UNINDEXED);
  });

  it('one command to create a session', async () => {
    expect(await commands((s) => s().set('a', 1), new Browser(session))).toEqual(NEW);
  });

  it.each([
    ['no cookie', {}],
    ['an unsigned ID', { sid: 'x'.repeat(22) }],
    ['a forged signature', { sid: `s:${'x'.repeat(22)}.${'A'.repeat(43)}` }],
    ['garbage', { sid: '%%%' }],
    ['a long one', { sid: `s:${'x'.repeat(4000)}` }],
  ])('nothing for %s', async (_, cookies) => {
    expect(await commands((s) => s().all(), new Browser(session, cookies as Record<string, string>))).toEqual(
      [],
    );
  });
});

it('200 increments of one session at once all survive, with one swap each', async () => {
  await browser.visit((s) => s().set('n', 0));
  await settled();
  seen = [];
  await Promise.all(Array.from({ length: 200 }, () => browser.visit((s) => s().update(increment))));
  await settled();
  expect(await browser.visit((s) => s().get('n'))).toBe(200);
  const swaps = seen.filter((command) => command === 'set').length;
  expect(swaps).toBeGreaterThanOrEqual(200);
  expect(swaps).toBeLessThanOrEqual(220);
});

function increment(data: Partial<Data>): void {
  data.n = (data.n ?? 0) + 1;
}
