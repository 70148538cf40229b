import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import nextAppSession, { MemoryStore, type Options } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { redisBackend } from 'next-app-session/testing/playwright';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RedisServer } from './servers/redis-server.js';

const session = nextAppSession<{ n: number }>({
  name: '__Host-sid',
  secret: ['new', 'old'],
  cookie: { secure: true, maxAge: 60, sameSite: 'strict' },
});

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server?.stop());
beforeEach(() => server.command('FLUSHALL'));

describe('redisBackend', () => {
  it('by a URL keeps records as RedisStore does, under the app’s prefix, for as long as they live', async () => {
    const connection = await redisBackend(server.url, { prefix: 'app:' }).connect({ session });
    const run = await connection.startRun();
    const cookie = await run.write(null, { n: 1 }, null);
    expect(cookie).toMatchObject({
      name: '__Host-sid',
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'Strict',
    });
    expect(cookie).not.toHaveProperty('domain');
    const value = decodeURIComponent(cookie?.value ?? '');
    const key = await server.command('KEYS', 'app:*');
    expect(key).toMatch(/^app:[\w-]{43}$/);
    expect(key).not.toContain(await run.id(value));
    expect(Number(await server.command('TTL', key))).toBeGreaterThan(55);
    expect(await run.read(value)).toEqual({ n: 1 });
    await run.end([]);
    expect(await server.command('DBSIZE')).toBe('0');
    await connection.close();
  });

  it.each(['ioredis', 'redis'])('takes a client of %s, and leaves it open', async (library) => {
    const client = library === 'redis' ? createClient({ url: server.url }) : new Redis(server.url);
    if ('isOpen' in client) await client.connect();
    const connection = await redisBackend(client as Redis).connect({ session });
    const run = await connection.startRun();
    const value = decodeURIComponent((await run.write(null, { n: 1 }, null))?.value ?? '');
    expect(await run.read(value)).toEqual({ n: 1 });
    await run.end([value]);
    await connection.close();
    expect(await (client as Redis).ping()).toBe('PONG');
    await client.quit();
  });

  it('by name and secret signs what the app’s session verifies', async () => {
    const connection = await redisBackend(server.url).connect({ name: '__Host-sid', secret: 'old' });
    const run = await connection.startRun();
    const cookie = await run.write(null, { n: 1 }, null);
    expect(cookie).toMatchObject({ name: '__Host-sid', secure: true, expires: -1 });
    const own = await (await redisBackend(server.url).connect({ session })).startRun();
    expect(await own.read(decodeURIComponent(cookie?.value ?? ''))).toEqual({ n: 1 });
    await connection.close();
  });

  it('cannot make the app’s store fail, and does not claim to', async () => {
    const run = await (await redisBackend(server.url).connect({ session })).startRun();
    expect([run.fail, run.delay, run.spans, run.headers]).toEqual([undefined, undefined, undefined, {}]);
  });

  it('says which Redis it cannot reach, without the password', async () => {
    const connecting = redisBackend('redis://user:hidden@127.0.0.1:9').connect({ session });
    await expect(connecting).rejects.toThrow('cannot reach Redis at 127.0.0.1:9. Start it first.');
    await expect(connecting).rejects.not.toThrow('hidden');
  });

  it.each([
    [{}, 'Pass the `session` of the app, or name and secret'],
    [{ session: {} as never }, 'session is not what nextAppSession(…) returned'],
    [{ secret: '' }, 'Session option secret: it is given but undefined or empty'],
  ])('refuses the settings %j', async (settings, message) => {
    await expect(redisBackend(server.url).connect(settings)).rejects.toThrow(message);
  });
});

describe('redisBackend, when the app does not accept the session of a test', () => {
  const secret = 'hidden-from-errors';
  const servers: Server[] = [];
  const clients: Redis[] = [];
  afterAll(() => {
    for (const app of servers) app.close();
    for (const client of clients) client.disconnect();
  });

  /** Signs a user in, and lets the browser visit an app with these options. Returns why that fails. */
  async function explain(own: (url: string) => Options<{ n: number }>, method: 'GET' | 'POST') {
    const settings = { name: 'sid', secret };
    const run = await (await redisBackend(server.url).connect(settings)).startRun();
    const given = decodeURIComponent((await run.write(null, { n: 1 }, null))?.value ?? '');
    const app = nextAppSession<{ n: number }>({ ...settings, ...own(server.url) });
    const listening = createServer(async (req, res) => {
      if (req.method === 'POST') await app(req, res).update(({ n = 0 }) => ({ n: n + 1 }));
      res.end(JSON.stringify(await app(req, res).all()));
    });
    servers.push(listening);
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
    const response = await fetch(url, { method, headers: { cookie: `sid=${encodeURIComponent(given)}` } });
    const set = response.headers.getSetCookie().map((cookie) => /^([^=]+)=([^;]+)/.exec(cookie) ?? []);
    const cookies = Object.fromEntries([
      ['sid', given],
      ['theme', 'dark'],
      ...set.map(([, name, value]) => [name, decodeURIComponent(value ?? '')]),
    ]);
    return run.explain?.({ given, now: cookies.sid, cookies, requests: 1 });
  }

  const storeAt = (url: string, prefix?: string) => {
    const client = new Redis(url);
    clients.push(client);
    return new RedisStore({ client, ...(prefix && { prefix }) });
  };
  const apps: [string, (url: string) => Options<{ n: number }>, string][] = [
    [
      'signs with another secret',
      (url) => ({ store: storeAt(url), secret: 'another' }),
      'another secret than',
    ],
    ['uses another database', (url) => ({ store: storeAt(`${url}/1`) }), 'another store than'],
    ['has another prefix', (url) => ({ store: storeAt(url, 'app:') }), 'another store than'],
    ['keeps sessions in memory', () => ({ store: new MemoryStore() }), 'another store than'],
    ['names its cookie otherwise', (url) => ({ store: storeAt(url), name: 'app' }), 'cookie is named "app"'],
  ];

  it.each(apps)('and %s, it says so as soon as the app has set its cookie', async (_, options, reason) => {
    expect(await explain(options, 'POST')).toContain(reason);
  });

  it.each(apps)('and %s, it says what to compare as long as the app only reads', async (_, options) => {
    expect(await explain(options, 'GET')).toContain(
      'the app did not read its session from the Redis of the test',
    );
  });

  it.each(['GET', 'POST'] as const)('it says nothing if the app accepts it, by %s', async (method) => {
    expect(await explain((url) => ({ store: storeAt(url) }), method)).toBeNull();
  });

  it('shows neither a secret nor a session', async () => {
    for (const [, options] of apps) {
      for (const method of ['GET', 'POST'] as const) {
        expect(await explain(options, method)).not.toMatch(/hidden-from-errors|s:[\w-]{16}/);
      }
    }
  });

  it('it says nothing before the browser has asked the app for anything, or when the test has ended the session', async () => {
    const run = await (await redisBackend(server.url).connect({ name: 'sid', secret })).startRun();
    const given = decodeURIComponent((await run.write(null, { n: 1 }, null))?.value ?? '');
    const signIn = { given, now: given, cookies: { sid: given } };
    expect(await run.explain?.({ ...signIn, requests: 0 })).toBeNull();
    // Written again by the test, it is as it was.
    await run.write(given, { n: 2 }, null);
    expect(await run.explain?.({ ...signIn, requests: 1 })).toContain('with 1 request, and');
    await run.revoke(given);
    expect(await run.explain?.({ ...signIn, requests: 1 })).toBeNull();
  });
});
