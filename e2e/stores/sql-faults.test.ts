import { inspect } from 'node:util';
import { createPool } from 'mysql2/promise';
import nextAppSession from 'next-app-session';
import { SqlStore } from 'next-app-session/sql';
import { Pool, type PoolConfig } from 'pg';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { expectNoUnhandledRejection } from './rejections.kit.js';
import { MariaDbServer } from './servers/mariadb.js';
import { PostgresServer } from './servers/postgres.js';

interface Data {
  n: number;
  user: string;
  pin: string;
}

const DATA: Data = { n: 1, user: 'lovelace', pin: '4711' };
/** Far below storeTimeout, also on a slow machine. */
const QUICK_MS = 2000;

/** What a write throws that the server refused. */
const refused = (cause: object) => ({
  code: 'ERR_SESSION_STORE',
  message: expect.stringMatching(/ refused \w+; .* Nothing was changed/),
  cause: expect.objectContaining(cause),
});
const unsent = {
  code: 'ERR_SESSION_STORE',
  message: expect.stringMatching(/has no connection.* nothing was/),
};

/** Returns what a call results in. Fails if it takes long. */
async function quickly<T>(call: Promise<T>): Promise<T> {
  const startedAt = performance.now();
  try {
    return await call;
  } finally {
    expect(performance.now() - startedAt).toBeLessThan(QUICK_MS);
  }
}

/** A client with the store that uses it. */
interface Connection {
  readonly store: SqlStore;
  close(): Promise<unknown>;
}

function onPool(config: PoolConfig, table?: string): Connection {
  const client = new Pool({ connectionTimeoutMillis: 1000, ...config });
  // A pool without a listener ends the process.
  client.on('error', () => {});
  return { store: new SqlStore({ client, table }), close: () => client.end() };
}

const databases = [
  {
    name: 'PostgreSQL by pg',
    start: () => PostgresServer.start(),
    open: ({ connection }: PostgresServer) => onPool(connection),
    readOnly: { code: '25006' },
  },
  {
    name: 'PostgreSQL by postgres.js',
    start: () => PostgresServer.start(),
    open: ({ url }: PostgresServer): Connection => {
      const client = postgres(url, { connect_timeout: 1, backoff: () => 0.1, onnotice: () => {} });
      return { store: new SqlStore({ client }), close: () => client.end({ timeout: 1 }) };
    },
    readOnly: { code: '25006' },
  },
  {
    name: 'MariaDB by mysql2',
    start: () => MariaDbServer.start(),
    open: ({ connection }: MariaDbServer): Connection => {
      const client = createPool(connection);
      return { store: new SqlStore({ client }), close: () => client.end() };
    },
    readOnly: { code: 'ER_OPTION_PREVENTS_STATEMENT', sqlState: 'HY000' },
  },
] as const;

/** A visitor who is signed in, on a session whose timer is always stale. */
async function visitor(store: SqlStore, options = {}): Promise<Browser<Data>> {
  await store.migrate();
  const session = nextAppSession<Data>({
    secret: 'a secret',
    store,
    touchAfter: 0,
    user: ({ user }) => user,
    ...options,
  });
  const browser = new Browser(session);
  await browser.visit((own) => own().setAll(DATA));
  return browser;
}

const write = (browser: Browser<Data>, n: number) => browser.visit((own) => own().set('n', n));
const read = (browser: Browser<Data>) => browser.visit((own) => own().get('n'));

describe.each(databases)('$name', ({ start, open, readOnly }) => {
  let server: PostgresServer & MariaDbServer;
  let connection: Connection;
  let browser: Browser<Data>;
  beforeAll(async () => {
    server = (await start()) as PostgresServer & MariaDbServer;
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    connection = open(server);
    browser = await visitor(connection.store);
  });
  afterEach(() => connection?.close());

  it('while it is read-only it answers reads, touch is no error, and a write changes nothing', async () => {
    await server.setReadOnly(true);
    for (let visit = 0; visit < 3; visit++) {
      expect(await quickly(read(browser))).toBe(1);
      expect(await quickly(browser.session.user('lovelace').list())).not.toEqual([]);
      await quickly(browser.visit((own) => own().touch()));
      await expect(quickly(write(browser, 2))).rejects.toMatchObject(refused(readOnly));
    }
    await server.setReadOnly(false);
    await write(browser, 3);
    expect(await read(browser)).toBe(3);
  });

  it('after a stop calls fail at once and were not sent, and after a start they work', async () => {
    await server.kill();
    // The first call of each connection finds out that it is lost.
    await expect.poll(() => read(browser).catch((error) => error)).toMatchObject(unsent);
    await expect(quickly(write(browser, 2))).rejects.toMatchObject(unsent);
    await server.restart();
    await expect.poll(() => read(browser).catch(() => null)).toBe(1);
    await write(browser, 3);
    expect(await read(browser)).toBe(3);
  });

  it('no error shows a value of a row', async () => {
    const table = 'next_app_session';
    await server.query(`ALTER TABLE ${table} ADD CONSTRAINT few CHECK (length(record) < 400)`);
    const failure = await browser
      .visit((own) => own().setAll({ ...DATA, pin: `4711${'x'.repeat(400)}` }))
      .catch((error) => error);
    await server.query(`ALTER TABLE ${table} DROP CONSTRAINT few`);
    expect(failure).toMatchObject({ code: 'ERR_SESSION_STORE' });
    const shown = inspect(failure, { depth: null, showHidden: true, getters: true });
    for (const secret of ['4711', 'lovelace', 'xxx', (browser.cookies.sid ?? '').slice(2, 20)]) {
      expect(shown).not.toContain(secret);
    }
  });
});

describe('PostgreSQL', () => {
  let server: PostgresServer;
  const connections: Connection[] = [];
  const open = (config: PoolConfig = {}, table?: string) => {
    const connection = onPool({ ...server.connection, ...config }, table);
    connections.push(connection);
    return connection.store;
  };
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(async () => {
    await Promise.all(connections.map(({ close }) => close()));
    await server?.stop();
  });

  it('a replica answers reads, and writes as soon as it is promoted', async () => {
    const browser = await visitor(open());
    const replica = await PostgresServer.startReplica(server);
    try {
      await server.isRepeatedBy(replica);
      const store = open(replica.connection);
      const session = nextAppSession<Data>({ secret: 'a secret', store, user: ({ user }) => user });
      const moved = new Browser(session, browser.cookies);
      expect(await read(moved)).toBe(1);
      await expect(write(moved, 2)).rejects.toMatchObject(refused({ code: '25006' }));
      await replica.promote();
      await expect
        .poll(() =>
          write(moved, 3).then(
            () => true,
            () => false,
          ),
        )
        .toBe(true);
      expect(await read(moved)).toBe(3);
    } finally {
      await replica.stop();
    }
  });

  it('a pool that is exhausted: the call was not sent; or it runs out of time, if the pool has no limit', async () => {
    for (const [connectionTimeoutMillis, error] of [
      [300, unsent],
      [0, { code: 'ERR_SESSION_STORE_TIMEOUT' }],
    ] as const) {
      const client = new Pool({ ...server.connection, max: 1, connectionTimeoutMillis });
      const browser = await visitor(new SqlStore({ client }), { storeTimeout: 1 });
      const taken = await client.connect();
      await expect(write(browser, 2)).rejects.toMatchObject(error);
      taken.release();
      await expect
        .poll(() =>
          write(browser, 3).then(
            () => true,
            () => false,
          ),
        )
        .toBe(true);
      await client.end();
    }
  });

  it('statement_timeout: the write was taken back', async () => {
    const browser = await visitor(open({ statement_timeout: 300 }));
    const other = new Pool(server.connection);
    const holder = await other.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM next_app_session FOR UPDATE');
    await expect(write(browser, 2)).rejects.toMatchObject(refused({ code: '57014' }));
    await holder.query('COMMIT');
    holder.release();
    await other.end();
    expect(await read(browser)).toBe(1);
  });

  it('a deadlock: the call is sent again, and nobody is told', async () => {
    const browser = await visitor(open({ options: '-c deadlock_timeout=2s' }));
    const user = browser.session.user('lovelace');
    await user.revokeAll();
    for (let device = 0; device < 2; device++) {
      const other = new Browser(browser.session);
      await other.visit((own) => own().setAll(DATA));
    }
    const pool = new Pool({ ...server.connection, options: '-c deadlock_timeout=60s' });
    const first = await pool.connect();
    const lock = (order: string) =>
      first.query(
        `SELECT 1 FROM next_app_session_users WHERE entry = (SELECT ${order}(entry) FROM next_app_session_users ` +
          `WHERE revoked_at IS NULL) FOR UPDATE`,
      );
    // The revocation locks the entry that ends first, and then waits for the other one, whose holder wants the first.
    await server.query(`UPDATE next_app_session_users SET ends_at = ends_at + 1000 WHERE entry = (SELECT max(entry)
      FROM next_app_session_users WHERE revoked_at IS NULL)`);
    await first.query('BEGIN');
    await lock('max');
    const revoking = user.revokeAll();
    await expect
      .poll(() => server.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'`))
      .toHaveLength(1);
    await lock('min');
    await first.query('COMMIT');
    first.release();
    await pool.end();
    expect(await revoking).toBe(2);
    expect(await user.list()).toEqual([]);
    expect(
      await server.query(`SELECT deadlocks::int AS n FROM pg_stat_database WHERE datname = 'postgres'`),
    ).toEqual([{ n: 1 }]);
  });

  it('a table that is not there: the error says what to do', async () => {
    const store = open({}, 'nowhere');
    const browser = new Browser(nextAppSession<Data>({ secret: 'a secret', store }));
    await expect(write(browser, 1)).rejects.toMatchObject({
      code: 'ERR_SESSION_STORE',
      message: expect.stringContaining('Run store.migrate() once'),
      cause: { code: '42P01' },
    });
  });
});

expectNoUnhandledRejection();
