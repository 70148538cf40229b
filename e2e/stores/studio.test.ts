import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis as Upstash } from '@upstash/redis';
import { Redis } from 'ioredis';
import nextAppSession, { MemoryStore, type Store } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { SqlStore } from 'next-app-session/sql';
import { startSessionStudio } from 'next-app-session/studio';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { StudioClient, type StudioRequest, type StudioSession } from '../versions/studio-client.js';
import { expressStores } from './express-stores.kit.js';
import { MariaDbServer } from './servers/mariadb.js';
import { PostgresServer } from './servers/postgres.js';
import { fromIoRedis, ioredisOptions } from './servers/redis-clients.js';
import { RedisServer } from './servers/redis-server.js';
import { mysql2Pool, pgPool, type SqlClientKind } from './servers/sql-clients.js';
import { UpstashBridge } from './servers/upstash-bridge.js';

interface OpenedStore {
  readonly store: Store<object>;
  stop(): Promise<unknown>;
}

interface Data {
  n: number;
  user?: string;
}

const stores: readonly (readonly [name: string, open: () => Promise<OpenedStore>])[] = [
  ['MemoryStore', async () => ({ store: new MemoryStore(), stop: async () => {} })],
  ['RedisStore', () => openRedis({})],
  ['RedisStore with a near cache', () => openRedis({ nearCache: {} })],
  ['RedisStore on @upstash/redis', openUpstash],
  ['SqlStore on PostgreSQL', () => openSql(PostgresServer, pgPool)],
  ['SqlStore on MariaDB', () => openSql(MariaDbServer, mysql2Pool)],
  ...expressStores.map(({ name, start }) => [name, () => openExpress(start)] as const),
];

let studio: StudioClient;
/** All stay open: the studio of this process looks for a user in each. */
const everyStore: OpenedStore[] = [];
afterAll(() => Promise.all(everyStore.map(({ stop }) => stop())));

describe.each(stores)('the studio over %s', (name, open) => {
  const cookieName = name.replaceAll(/\W+/g, '-');
  let opened: OpenedStore;
  let app: Server;
  let url: string;

  beforeAll(async () => {
    vi.stubEnv('NODE_ENV', 'development');
    opened = await open();
    everyStore.push(opened);
    const { store } = opened;
    const user = store.users && ((data: Partial<Data>) => data.user);
    const session = nextAppSession<Data>({
      name: cookieName,
      secret: 'a secret of these tests',
      store,
      ...(user && { user }),
    });
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    await startSessionStudio(session);
    const [printed] = log.mock.calls.flat();
    log.mockRestore();
    // Once in this process.
    studio ??= new StudioClient(String(printed));
    app = createServer(async (req, res) => {
      try {
        if (req.method === 'POST')
          await session(req, res).update((data) => ({ ...data, n: (data.n ?? 0) + 1 }));
        if (req.url === '/app/sign-in')
          await session(req, res).regenerate((data) => ({ n: 0, ...data, user: 'ada' }));
        res.end(JSON.stringify(await session(req, res).all()));
      } catch (error) {
        res.writeHead(500).end(JSON.stringify({ code: Reflect.get(error as object, 'code') }));
      }
    }).listen(0, '127.0.0.1');
    await once(app, 'listening');
    url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    app?.close();
    vi.unstubAllEnvs();
  });

  async function visit(method: string, cookie = '', path = '/app') {
    const response = await fetch(url + path, { method, headers: { cookie } });
    const [set = cookie] = response.headers.getSetCookie().map((header) => header.split(';')[0] ?? '');
    return { cookie: set, status: response.status, data: await response.json() };
  }

  /** Returns the last request of the app. That of Upstash is a server in this process too. */
  async function last(): Promise<StudioRequest> {
    const requests = await studio.requests();
    return requests.findLast(({ path }) => path.startsWith('/app')) as StudioRequest;
  }

  it('shows what requests do, and edits what the app then reads', async () => {
    const { cookie } = await visit('POST');
    const created = await last();
    expect(created).toMatchObject({
      setCookies: [{ name: cookieName }],
      calls: [{ operation: 'set', end: { outcome: 'ok' } }],
    });
    const [handle = ''] = created.sessions;
    const { content } = await studio.call<StudioSession>('session', { handle });
    const edit = { handle, version: content.version, data: { n: 40 } };
    expect(await studio.call('session/save', edit)).toMatchObject({ is: 'saved' });
    expect((await visit('POST', cookie)).data).toEqual({ n: 41 });
    expect(await studio.call('session/save', edit)).toMatchObject({
      is: 'conflict',
      content: { data: { n: 41 } },
    });
    const { writes } = await studio.call<{ writes: { data: object }[] }>('session', { handle });
    expect(writes.map(({ data }) => data)).toEqual([{ n: 1 }, { n: 40 }, { n: 41 }]);
  });

  it('gives a session a new ID', async () => {
    const { cookie } = await visit('POST');
    const [handle = ''] = (await last()).sessions;
    const moved = await studio.call<string>('session/regenerate', { handle });
    const next = await visit('POST', cookie);
    expect(next.data).toEqual({ n: 2 });
    expect(next.cookie).not.toBe(cookie);
    expect((await last()).sessions).toEqual([moved]);
    expect((await visit('GET', next.cookie)).data).toEqual({ n: 2 });
  });

  it.each(['end', 'expire'])('brings a session to its end: %s', async (how) => {
    const { cookie } = await visit('POST');
    const [handle = ''] = (await last()).sessions;
    expect(await studio.call(`session/${how}`, { handle })).toBe(true);
    await expect.poll(async () => (await visit('GET', cookie)).data).toEqual({});
  });

  it('makes a call fail, and the next one not', async () => {
    const { cookie } = await visit('POST');
    const [session] = (await last()).sessions;
    await studio.call('faults/add', { operation: 'get', session, effect: 'fail', times: 1 });
    expect(await visit('POST', cookie)).toMatchObject({ status: 500, data: { code: 'ERR_SESSION_STORE' } });
    expect((await visit('POST', cookie)).data).toEqual({ n: 2 });
  });

  it('finds and ends the sessions of a user, where the store has an index', async () => {
    const { cookie } = await visit('GET', '', '/app/sign-in');
    const rows = await studio.call<{ handle: string; name: string }[]>('sessions', { user: 'ada' });
    const own = rows.filter((row) => row.name === cookieName);
    expect(own).toHaveLength(opened.store.users ? 1 : 0);
    const [handle = (await last()).sessions.at(-1)] = own.map((row) => row.handle);
    expect(await studio.call('session/end', { handle })).toBe(true);
    await expect.poll(async () => (await visit('GET', cookie)).data).toEqual({});
  });
});

async function openRedis(options: object): Promise<OpenedStore> {
  const server = await RedisServer.start();
  const connection = await fromIoRedis(new Redis(server.port, ioredisOptions));
  return {
    store: new RedisStore({ client: connection.client, ...options }),
    stop: () => {
      connection.close();
      return server.stop();
    },
  };
}

async function openUpstash(): Promise<OpenedStore> {
  const server = await RedisServer.start();
  const bridge = await UpstashBridge.start(server.port);
  return {
    store: new RedisStore({ client: new Upstash({ url: bridge.url, token: bridge.token }) }),
    stop: async () => {
      await bridge.stop();
      await server.stop();
    },
  };
}

async function openSql<Connection>(
  database: { start(): Promise<{ readonly connection: Connection; stop(): Promise<void> }> },
  kind: SqlClientKind<Connection>,
): Promise<OpenedStore> {
  const server = await database.start();
  const connection = await kind.open(server.connection);
  const store = new SqlStore(connection.options);
  await store.migrate();
  return {
    store,
    stop: async () => {
      await connection.close();
      await server.stop();
    },
  };
}

async function openExpress(start: (typeof expressStores)[number]['start']): Promise<OpenedStore> {
  const running = await start();
  return { store: await running.open('studio'), stop: () => running.stop() };
}
