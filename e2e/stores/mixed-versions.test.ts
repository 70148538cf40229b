import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import ConnectRedis7 from 'connect-redis7';
import { Redis } from 'ioredis';
import nextAppSession, { type Options, promisifyStore, type SessionInfo } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { serveExpress } from './express-app.kit.js';
import { RedisServer } from './servers/redis-server.js';
import { Version1App, type Version1Session } from './version-1.kit.js';

// next-app-session 1.0.7 and this version on one Redis, as while a deployment rolls out, and then 1.x alone, as after a
// rollback. What does not work is in docs/migration.md, "Both versions at once" and "Back to 1.x".

const SECRET = 'a secret of both versions';
/** Seconds: 1.x knows no timeout, and connect-redis gives its records a day. */
const DAY = 86_400;
const IDLE = 7200;
const MONTH = 30 * DAY;

let redis: RedisServer;
let client: Redis;
beforeAll(async () => {
  redis = await RedisServer.start();
  client = new Redis(redis.url);
});
afterAll(async () => {
  client?.disconnect();
  await redis?.stop();
});
beforeEach(async () => {
  await client.flushall();
});

const makeStores = {
  RedisStore: () => new RedisStore({ client }),
  'connect-redis, wrapped': () => promisifyStore(new ConnectRedis7({ client }), { expiry: 'store' }),
};
type StoreName = keyof typeof makeStores;
const STORES = Object.keys(makeStores) as StoreName[];

type Data = Record<string, unknown>;

/** The app on this version, the same app on 1.x, and a browser that visits both. */
function setUp(options: Options<Data> = {}, storeName: StoreName = 'RedisStore', isSigned = true) {
  const signed = isSigned ? { secret: SECRET } : {};
  const session = nextAppSession<Data>({
    ...signed,
    store: makeStores[storeName](),
    hashIds: false,
    cookie: { maxAge: IDLE },
    ...options,
  });
  const browser = new Browser(session);
  const version1 = new Version1App({ client, ...signed });
  return { session, browser, version1, ...visitsOf(browser, version1) };
}

function visitsOf(browser: Browser, version1: Version1App) {
  return {
    on1: <T>(handler: (session: () => Version1Session) => Promise<T>) => version1.visit(browser, handler),
    on2: browser.visit.bind(browser),
    read1: () => version1.visit(browser, (session) => session().all()),
    read2: () => browser.visit((session) => session().all()),
    info: () => browser.visit((session) => session().info()) as Promise<SessionInfo>,
  };
}

/** A second browser with the cookies of the first: what a request under way, or a thief, still has. */
function copyOf({ session, cookies }: Browser): Browser {
  return new Browser(session, cookies);
}

/** What 1.x shows of a record of this version beside the data. */
const OWN_KEYS = { cookie: expect.any(Object), __session: expect.any(Object) };

/** The only record that there is. */
async function stored(): Promise<{ record: Data; ttl: number }> {
  const keys = (await client.keys('sess:*')).filter((key) => /^sess:[\w-]{21,22}$/.test(key));
  expect(keys).toHaveLength(1);
  const [key = ''] = keys;
  return { record: JSON.parse((await client.get(key)) ?? 'null'), ttl: (await client.pttl(key)) / 1000 };
}

async function expectTtl(seconds: number): Promise<void> {
  const { ttl } = await stored();
  expect(ttl).toBeLessThanOrEqual(seconds + 1);
  expect(ttl).toBeGreaterThan(seconds - 60);
}

describe.each(STORES)('a session that 1.x created, with %s', (store) => {
  it.each([true, false])('is read and written by both, signed: %s', async (isSigned) => {
    const { browser, on1, on2, read1, read2 } = setUp({}, store, isSigned);
    await on1((session) => session().setAll({ user: 'ada', n: 1 }));
    const { sid } = browser.cookies;
    expect(await read2()).toEqual({ user: 'ada', n: 1 });
    await on2((session) => session().update((data) => ({ ...data, n: 2, two: true })));
    expect(await read1()).toEqual({ user: 'ada', n: 2, two: true, ...OWN_KEYS });
    await on1((session) => session().set('one', true));
    expect(await read2()).toEqual({ user: 'ada', n: 2, two: true, one: true });
    expect(browser.cookies.sid).toBe(sid);
  });

  it('lives for a day from each write of 1.x, until this version has given it its own timeout', async () => {
    const { on1, on2, read2 } = setUp({}, store);
    await on1((session) => session().set('n', 1));
    await expectTtl(DAY);
    await read2();
    await expectTtl(IDLE);
    await on2((session) => session().set('n', 2));
    await expectTtl(IDLE);
    await on1((session) => session().set('n', 3));
    await expectTtl(IDLE);
  });

  it('is touched here, and read by 1.x', async () => {
    const { on1, on2, read1 } = setUp({}, store);
    await on1((session) => session().set('n', 1));
    await on2((session) => session().touch());
    await expectTtl(IDLE);
    expect(await read1()).toMatchObject({ n: 1 });
  });

  it('has the absolute timeout from the first write here', async () => {
    const { on1, on2, info } = setUp({ absoluteTimeout: IDLE }, store);
    await on1((session) => session().set('n', 1));
    await on2((session) => session().set('n', 2));
    const { createdAt } = await info();
    await on1((session) => session().set('n', 3));
    expect((await info()).createdAt).toBe(createdAt);
  });

  it('moves to a new ID here: 1.x knows the new one, and the old one is nobody on both', async () => {
    const { browser, version1, on1, on2, read1 } = setUp({}, store);
    await on1((session) => session().set('n', 1));
    const old = visitsOf(copyOf(browser), version1);
    await on2((session) => session().regenerate((data) => ({ ...data, user: 'ada' })));
    expect(await read1()).toEqual({ n: 1, user: 'ada', ...OWN_KEYS });
    expect(await old.read1()).toEqual({});
    expect(await old.read2()).toEqual({});
  });

  it('is signed out here, and then on both', async () => {
    const { browser, version1, on1, on2 } = setUp({}, store);
    await on1((session) => session().set('user', 'ada'));
    const copy = visitsOf(copyOf(browser), version1);
    await on2((session) => session().destroy());
    expect(browser.cookies).toEqual({});
    expect(await copy.read1()).toEqual({});
    expect(await copy.read2()).toEqual({});
    expect(await client.keys('*')).toEqual([]);
  });
});

describe.each(STORES)('a session that this version created, with %s', (store) => {
  it.each([true, false])('is read and written by both, signed: %s', async (isSigned) => {
    const { browser, on1, on2, read1, read2 } = setUp({}, store, isSigned);
    await on2((session) => session().setAll({ user: 'ada', n: 1 }));
    const { sid } = browser.cookies;
    expect(await read1()).toEqual({ user: 'ada', n: 1, ...OWN_KEYS });
    expect(await on1((session) => session().get('user'))).toBe('ada');
    await on1((session) => session().set('n', 2));
    await on1((session) => session().destroy('user'));
    expect(await read2()).toEqual({ n: 2 });
    expect(browser.cookies.sid).toBe(sid);
  });

  it('keeps its dates and its own lifetime through set and destroy(key) of 1.x', async () => {
    const { on1, on2, info } = setUp({}, store);
    await on2((session) => session().regenerate((data) => ({ ...data, n: 1 }), { maxAge: MONTH }));
    const { createdAt, expiresAt } = await info();
    const before = (await stored()).record;
    await on1((session) => session().set('n', 2));
    await on1((session) => session().destroy('other'));
    expect((await stored()).record).toEqual({ ...before, n: 2 });
    await expectTtl(MONTH);
    const after = await info();
    expect(after.createdAt).toBe(createdAt);
    expect(after.expiresAt).toBeGreaterThanOrEqual(expiresAt);
    await on2((session) => session().set('n', 3));
    await expectTtl(MONTH);
  });

  it('loses them to setAll of 1.x: it starts again, with the lifetime of the options', async () => {
    const { on1, on2, info } = setUp({ absoluteTimeout: MONTH }, store);
    await on2((session) => session().regenerate((data) => ({ ...data, n: 1 }), { maxAge: MONTH }));
    const { createdAt } = await info();
    await sleep(5);
    await on1((session) => session().setAll({ n: 2 }));
    expect((await stored()).record).toEqual({ n: 2 });
    await expectTtl(DAY);
    await on2((session) => session().set('n', 3));
    await expectTtl(IDLE);
    expect((await info()).createdAt).toBeGreaterThan(createdAt);
  });

  it('is signed out by 1.x: empty on both, though the record and the ID stay', async () => {
    const { browser, version1, on1, on2, read1, read2, info } = setUp({}, store);
    await on2((session) => session().set('user', 'ada'));
    const copy = visitsOf(copyOf(browser), version1);
    await on1((session) => session().destroy());
    expect((await stored()).record).toEqual({});
    for (const read of [read2, copy.read2]) expect(await read()).toEqual({});
    // 1.x shows what the read here has added.
    for (const read of [read1, copy.read1]) {
      const { cookie: _, __session: __, ...data } = await read();
      expect(data).toEqual({});
    }
    // 1.x leaves an empty session, and not none.
    expect(await info()).toMatchObject({ isNew: false });
    await on2((session) => session().destroy());
    expect(browser.cookies).toEqual({});
    expect(await client.keys('*')).toEqual([]);
  });

  it('a slow write here loses nothing that 1.x wrote meanwhile', async () => {
    const { browser, version1, on2, read2 } = setUp({}, store);
    await on2((session) => session().set('n', 1));
    await on2(async (session) => {
      await session().all();
      await visitsOf(copyOf(browser), version1).on1((own) => own().set('one', true));
      await session().set('two', true);
    });
    expect(await read2()).toEqual({ n: 1, one: true, two: true });
  });

  it('a slow write of 1.x loses what was written here meanwhile, as docs/migration.md says', async () => {
    const { browser, version1, on1, on2, read2 } = setUp({}, store);
    await on2((session) => session().set('n', 1));
    version1.meanwhile = () => copyOf(browser).visit((session) => session().set('two', true));
    await on1((session) => session().set('one', true));
    expect(await read2()).toEqual({ n: 1, one: true });
  });

  it('a slow write of 1.x brings back what was signed out here meanwhile, as docs/migration.md says', async () => {
    const { browser, version1, on1, on2, read2 } = setUp({}, store);
    await on2((session) => session().set('user', 'ada'));
    version1.meanwhile = () => copyOf(browser).visit((session) => session().destroy());
    await on1((session) => session().set('one', true));
    expect(await read2()).toEqual({ user: 'ada', one: true });
  });
});

describe('the date in a record, by which 1.x goes when it writes', () => {
  /** Seconds. Reads keep the session alive for longer than that. */
  const SHORT = 3;

  async function readUntilDatePassed(storeName: StoreName) {
    const setup = setUp({ cookie: { maxAge: SHORT } }, storeName);
    await setup.on2((session) => session().set('user', 'ada'));
    for (let read = 0; read < SHORT + 1; read++) {
      await sleep(1000);
      expect(await setup.read2()).toEqual({ user: 'ada' });
    }
    return setup;
  }

  it('a session that only reads here kept alive was deleted by the next write of 1.x', async () => {
    const { on1, read2 } = await readUntilDatePassed('RedisStore');
    await on1((session) => session().set('n', 1));
    expect(await read2()).toEqual({ user: 'ada', n: 1 });
  });

  it('it is deleted still with connect-redis, whose touch moves no date, as docs/migration.md says', async () => {
    const { on1, read2 } = await readUntilDatePassed('connect-redis, wrapped');
    await on1((session) => session().set('n', 1));
    expect(await read2()).toEqual({});
  });
});

describe('the sessions of a user', () => {
  const user = ({ user }: Data) => user as string | undefined;

  it('a session that 1.x has changed is found and revoked', async () => {
    const { session, on1, on2, read1, read2 } = setUp({ user });
    await on2((own) => own().set('user', 'ada'));
    await on1((own) => own().set('n', 1));
    expect(await session.user('ada').list()).toHaveLength(1);
    expect(await session.user('ada').revokeAll()).toBe(1);
    expect(await read1()).toEqual({});
    expect(await read2()).toEqual({});
  });

  it('a session that 1.x replaced whole was not found, and stayed signed in', async () => {
    const { session, on1, on2, read1, read2 } = setUp({ user });
    await on2((own) => own().set('user', 'ada'));
    await on1((own) => own().setAll({ user: 'ada', n: 1 }));
    expect(await session.user('ada').list()).toHaveLength(1);
    expect(await session.user('ada').revokeAll()).toBe(1);
    expect(await read1()).toEqual({});
    expect(await read2()).toEqual({});
  });

  it('a session that 1.x gave to another user is no longer of the first', async () => {
    const { session, on1, on2 } = setUp({ user });
    await on2((own) => own().set('user', 'ada'));
    await on1((own) => own().setAll({ user: 'bob' }));
    expect(await session.user('ada').list()).toEqual([]);
  });

  it("a session that 1.x signed out is nobody's", async () => {
    const { session, on1, on2 } = setUp({ user });
    await on2((own) => own().set('user', 'ada'));
    await on1((own) => own().destroy());
    expect(await session.user('ada').list()).toEqual([]);
  });

  it('a sign-in on 1.x is found once this version has read it, and not before, as docs/migration.md says', async () => {
    const { session, on1, read1, read2 } = setUp({ user });
    await on1((own) => own().set('user', 'ada'));
    expect(await session.user('ada').list()).toEqual([]);
    await read2();
    expect(await session.user('ada').revokeAll()).toBe(1);
    expect(await read1()).toEqual({});
  });

  it('a slow write of 1.x brings back what was revoked meanwhile, as docs/migration.md says', async () => {
    const { session, version1, on1, on2, read2 } = setUp({ user });
    await on2((own) => own().set('user', 'ada'));
    version1.meanwhile = () => session.user('ada').revokeAll();
    await on1((own) => own().set('n', 1));
    expect(await read2()).toEqual({ user: 'ada', n: 1 });
  });
});

describe('back to 1.x alone', () => {
  it.each(STORES)('nobody who signed in here, with %s, is signed out', async (store) => {
    const { on1, on2, read1 } = setUp({}, store);
    await on2((session) => session().regenerate((data) => ({ ...data, user: 'ada' })));
    expect(await read1()).toEqual({ user: 'ada', ...OWN_KEYS });
    await on1((session) => session().set('n', 1));
    expect(await on1((session) => session().get('user'))).toBe('ada');
  });

  it('a session lives on until the end that it had here, however much 1.x writes it', async () => {
    const { on1, on2 } = setUp();
    await on2((session) => session().set('user', 'ada'));
    const { ttl } = await stored();
    await sleep(1100);
    await on1((session) => session().set('n', 1));
    // connect-redis rounds up to a second, and more than one has passed.
    expect((await stored()).ttl).toBeLessThan(ttl);
  });

  it('the recipe of docs/migration.md makes it a session of 1.x, which lives a day from each write', async () => {
    const { on1, on2, read1 } = setUp();
    await on2((session) => session().set('user', 'ada'));
    await on1(async (session) => {
      const { cookie: _, __session, ...data } = await session().all();
      if (__session) await session().setAll(data);
    });
    expect(await read1()).toEqual({ user: 'ada' });
    await expectTtl(DAY);
  });

  it('who signed in with hashIds, the default of RedisStore, is signed out', async () => {
    const { on2, read1 } = setUp({ hashIds: true });
    await on2((session) => session().set('user', 'ada'));
    expect(await read1()).toEqual({});
  });

  it('who got a cookie that another secret signed is signed out', async () => {
    const { on1, on2, read1 } = setUp({ secret: ['a new secret', SECRET] });
    await on1((session) => session().set('user', 'ada'));
    await on2((session) => session().set('n', 1));
    expect(await read1()).toEqual({});
  });
});

describe('who is signed out when this version comes', () => {
  it('who has an ID of a genid that made other letters', async () => {
    const { browser, read2 } = setUp();
    const version1 = new Version1App({ client, secret: SECRET, genid: () => `user/${Math.random()}` });
    await version1.visit(browser, (session) => session().set('user', 'ada'));
    expect(await read2()).toEqual({});
  });

  it('who has a data key `cookie`, where the date in the record decides', async () => {
    const { on1, read2 } = setUp({ store: promisifyStore(new ConnectRedis7({ client })) });
    await on1((session) => session().setAll({ user: 'ada', cookie: 'accepted' }));
    expect(await read2()).toEqual({});
  });

  it.each(STORES)('not who has a data key `cookie`, which is lost, with %s', async (store) => {
    const { on1, on2, read2 } = setUp({}, store);
    await on1((session) => session().setAll({ user: 'ada', cookie: 'accepted' }));
    expect(await read2()).toEqual({ user: 'ada' });
    await on2((session) => session().set('n', 1));
    expect(await read2()).toEqual({ user: 'ada', n: 1 });
  });
});

describe('express-session beside both', () => {
  let express: Server;
  let nodeRedis: ReturnType<typeof createClient>;
  beforeAll(async () => {
    nodeRedis = createClient({ url: redis.url });
    await nodeRedis.connect();
    express = await serveExpress(nodeRedis, { name: 'sid', secret: SECRET, maxAge: IDLE });
  });
  afterAll(() => {
    express?.close();
    nodeRedis?.destroy();
  });

  async function send(browser: Browser, path: string, method = 'GET'): Promise<Response> {
    const cookie = `sid=${encodeURIComponent(browser.cookies.sid ?? '')}`;
    const { port } = express.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { cookie } });
    const [, value] = /^sid=([^;]*)/.exec(response.headers.getSetCookie()[0] ?? '') ?? [];
    if (value) browser.cookies.sid = decodeURIComponent(value);
    return response;
  }

  it('a session of Express is read and written by all three', async () => {
    const { browser, on1, on2, read2 } = setUp();
    await send(browser, '/sign-in', 'POST');
    await on1((session) => session().set('n', 1));
    await on2((session) => session().set('next', 2));
    await send(browser, '/write', 'POST');
    expect(await (await send(browser, '/read')).json()).toEqual({ user: 'ada', next: 2, express: 1 });
    expect(await read2()).toEqual({ user: 'ada', n: 1, next: 2, express: 1 });
  });

  it('what 1.x created is an error on Express until this version has written it', async () => {
    const { browser, on1, on2 } = setUp();
    await on1((session) => session().set('user', 'ada'));
    expect((await send(browser, '/read')).status).toBe(500);
    await on2((session) => session().set('next', 1));
    expect(await (await send(browser, '/read')).json()).toEqual({ user: 'ada', next: 1 });
  });
});
