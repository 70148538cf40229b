import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import nextAppSession, { MemoryStore, type Options, type Store } from 'next-app-session';
import { SqlStore } from 'next-app-session/sql';
import { redisBackend, sqlBackend } from 'next-app-session/testing/playwright';
import { Pool } from 'pg';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { type SharedServer, sharePostgres, shareRedis } from './outside-backends.kit.js';
import { PostgresServer } from './servers/postgres.js';
import { RedisServer } from './servers/redis-server.js';

const session = nextAppSession<{ n: number }>({
  name: '__Host-sid',
  secret: ['new', 'old'],
  cookie: { secure: true, maxAge: 60, sameSite: 'strict' },
  user: ({ n }) => n && [`user ${n}`, `group ${n}`],
});

const backends = [
  { name: 'redisBackend', share: shareRedis, variable: 'REDIS_URL', address: 'database, the prefix' },
  { name: 'sqlBackend', share: sharePostgres, variable: 'DATABASE_URL', address: 'schema, the table' },
];

describe.each(backends)('$name', ({ share, variable, address }) => {
  let server: SharedServer;
  beforeAll(async () => {
    server = await share();
    // Creates what it needs. Everything else in a database is the app's.
    await (await server.backend.connect({ session })).close();
  });
  afterAll(() => server?.stop());
  beforeEach(() => server.clear());

  it('keeps records as the store of the app does, in their place, for as long as they live, and deletes them', async () => {
    const connection = await server.backendOfOther.connect({ session });
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
    const [record, ...others] = (await server.recordsOfOther()).filter(([key]) => !key.includes('#user'));
    expect(others).toEqual([]);
    expect(record?.[0]).toMatch(/^[\w-]{43}$/);
    expect(record?.[0]).not.toContain(await run.id(value));
    expect(record?.[1]).toBeGreaterThan(55_000);
    expect(await run.read(value)).toEqual({ n: 1 });
    await run.end([]);
    expect(await server.count()).toBe(0);
    await connection.close();
  });

  it('deletes nothing that a test did not put there, but for what its browsers hold', async () => {
    const connection = await server.backend.connect({ session });
    const [run, another] = [await connection.startRun(), await connection.startRun()];
    const [mine, held, theirs] = await Promise.all(
      [run, another, another].map(async (one) =>
        decodeURIComponent((await one.write(null, { n: 1 }, null))?.value ?? ''),
      ),
    );
    await run.end([held ?? '']);
    expect(await Promise.all([mine, held, theirs].map((value) => another.read(value ?? '')))).toEqual([
      null,
      null,
      { n: 1 },
    ]);
    await another.end([]);
    expect(await server.count()).toBe(0);
    await connection.close();
  });

  it('by name and secret signs what the app’s session verifies', async () => {
    const connection = await server.backend.connect({ name: '__Host-sid', secret: 'old' });
    const run = await connection.startRun();
    const cookie = await run.write(null, { n: 1 }, null);
    expect(cookie).toMatchObject({ name: '__Host-sid', secure: true, expires: -1 });
    const own = await (await server.backend.connect({ session })).startRun();
    expect(await own.read(decodeURIComponent(cookie?.value ?? ''))).toEqual({ n: 1 });
    await connection.close();
  });

  it('seals records as the app does, which reads them, and opens those of the app', async () => {
    const encryptionKey = 'the encryption key of these tests';
    const app = nextAppSession<{ n: number }>({ secret: 'a secret', encryptionKey, store: server.store });
    const connections = await Promise.all([
      server.backend.connect({ session: app }),
      server.backend.connect({ name: 'sid', secret: 'a secret', encryptionKey }),
    ]);
    for (const connection of connections) {
      const run = await connection.startRun();
      const value = decodeURIComponent((await run.write(null, { n: 1 }, null))?.value ?? '');
      const visitor = new Browser(app, { sid: value });
      await visitor.visit((own) => own().update(({ n = 0 }) => ({ n: n + 1 })));
      expect(await run.read(value)).toEqual({ n: 2 });
      expect(
        await run.explain?.({ given: value, now: value, cookies: { sid: value }, requests: 1 }),
      ).toBeNull();
      await run.expire(value);
      expect(await visitor.visit((own) => own().all())).toEqual({});
      await run.end([value]);
      expect(await server.count()).toBe(0);
    }
    await Promise.all(connections.map((connection) => connection.close()));
  });

  it('cannot make the app’s store fail, and does not claim to', async () => {
    const run = await (await server.backend.connect({ session })).startRun();
    expect([run.fail, run.delay, run.spans, run.headers]).toEqual([undefined, undefined, undefined, {}]);
  });

  it.each([
    [{}, 'Pass the `session` of the app, or name and secret'],
    [{ session: {} as never }, 'session is not what nextAppSession(…) returned'],
    [{ secret: '' }, 'Session option secret: it is given but undefined or empty'],
  ])('refuses the settings %j', async (settings, message) => {
    await expect(server.backend.connect(settings)).rejects.toThrow(message);
  });

  describe('when the app does not accept the session of a test', () => {
    const secret = 'hidden-from-errors';
    const servers: Server[] = [];
    afterAll(() => {
      for (const app of servers) app.close();
    });

    /** Signs a user in, and lets the browser visit an app with these options. Returns why that fails. */
    async function explain(own: Options<{ n: number }>, method: 'GET' | 'POST') {
      const settings = { name: 'sid', secret };
      const run = await (await server.backend.connect(settings)).startRun();
      const given = decodeURIComponent((await run.write(null, { n: 1 }, null))?.value ?? '');
      const app = nextAppSession<{ n: number }>({ ...settings, ...own });
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

    type App = (server: SharedServer) => {
      store: Store;
      secret?: string;
      name?: string;
      encryptionKey?: string;
    };
    const apps: [string, App, string][] = [
      ['signs with another secret', ({ store }) => ({ store, secret: 'another' }), 'another secret than'],
      ['uses another database', ({ otherDatabase: store }) => ({ store }), 'another store than'],
      ['has another place in it', ({ otherPlace: store }) => ({ store }), 'another store than'],
      ['keeps sessions in memory', () => ({ store: new MemoryStore() }), 'another store than'],
      [
        'seals its records',
        ({ store }) => ({ store, encryptionKey: 'hidden-from-errors: a key of tests' }),
        'another key than',
      ],
      ['names its cookie otherwise', ({ store }) => ({ store, name: 'app' }), 'cookie is named "app"'],
    ];

    it.each(apps)('and %s, it says so as soon as the app has set its cookie', async (_, options, reason) => {
      const told = await explain(options(server), 'POST');
      expect(told).toContain(reason);
      if (!reason.startsWith('another store')) return;
      expect(told).toContain(`${address}. An app without ${variable} may keep its sessions in memory.`);
    });

    it.each(apps)('and %s, it says what to compare as long as the app only reads', async (_, options) => {
      const told = await explain(options(server), 'GET');
      expect(told).toContain('the app did not read its session from the store of the test');
      expect(told).toContain(`${address}, or the name of the cookie. An app without ${variable} may`);
    });

    it.each(['GET', 'POST'] as const)('it says nothing if the app accepts it, by %s', async (method) => {
      expect(await explain({ store: server.store }, method)).toBeNull();
    });

    it('shows neither a secret nor a session', async () => {
      for (const [, options] of apps) {
        for (const method of ['GET', 'POST'] as const) {
          expect(await explain(options(server), method)).not.toMatch(/hidden-from-errors|s:[\w-]{16}/);
        }
      }
    });

    it('it says nothing before the browser has asked the app for anything, or when the test has ended the session', async () => {
      const run = await (await server.backend.connect({ name: 'sid', secret })).startRun();
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
});

describe('redisBackend, by a client or a URL,', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server?.stop());

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

  it('says which Redis it cannot reach, without the password', async () => {
    const connecting = redisBackend('redis://user:hidden@127.0.0.1:9').connect({ session });
    await expect(connecting).rejects.toThrow('cannot reach Redis at 127.0.0.1:9. Start it first.');
    await expect(connecting).rejects.not.toThrow('hidden');
  });
});

describe('sqlBackend, by a client,', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server?.stop());

  it('refuses one of another driver without its dialect', () => {
    const client = { query: async () => ({ rows: [] }) };
    expect(() => sqlBackend(client)).toThrow('SqlStore option dialect: say which database the client is for');
  });

  it('needs no right to create tables that are there', async () => {
    await server.query('CREATE ROLE web LOGIN');
    const pool = new Pool({ ...server.connection, user: 'web' });
    const owner = new Pool(server.connection);
    const table = 'granted';
    const connecting = sqlBackend(pool, { table }).connect({ session });
    await expect(connecting).rejects.toMatchObject({
      code: 'ERR_SESSION_TESTING',
      message: expect.stringMatching(
        /^sqlBackend cannot use the database of its client \(42501\)\. .*Grant it SELECT/,
      ),
      cause: expect.objectContaining({ code: '42501' }),
    });
    await new SqlStore({ client: owner, table }).migrate();
    await server.query('GRANT SELECT, INSERT, UPDATE, DELETE ON granted, granted_users TO web');
    const run = await (await sqlBackend(pool, { table }).connect({ session })).startRun();
    const value = decodeURIComponent((await run.write(null, { n: 1 }, null))?.value ?? '');
    expect(await run.read(value)).toEqual({ n: 1 });
    await run.end([]);
    await Promise.all([pool.end(), owner.end()]);
  });

  it('says that it cannot reach the database, without the password', async () => {
    const pool = new Pool({ connectionString: 'postgres://user:hidden@127.0.0.1:9/app' });
    const error = await sqlBackend(pool)
      .connect({ session })
      .catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: null, showHidden: true })).toMatch(
      /\(ECONNREFUSED\)\. Start it, or give its address[\s\S]+ECONNREFUSED/,
    );
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('hidden');
    await pool.end();
  });
});
