import nextAppSession from 'next-app-session';
import { SqlStore } from 'next-app-session/sql';
import { Pool, type PoolConfig } from 'pg';
import postgres, { type Options } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { expectNoUnhandledRejection } from './rejections.kit.js';
import { MariaDbServer } from './servers/mariadb.js';
import { PostgresServer } from './servers/postgres.js';
import {
  type Connection,
  DATA,
  type Data,
  type FaultyDatabase,
  mysqlFamily,
  read,
  refused,
  type SmallPool,
  testFaults,
  timedOut,
  unsent,
  visitor,
  write,
  writeAtLast,
} from './sql-faults.kit.js';

function onPool(config: PoolConfig, table?: string): SmallPool {
  const client = new Pool({ connectionTimeoutMillis: 1000, ...config });
  // A pool without a listener ends the process.
  client.on('error', () => {});
  const hold = async () => {
    const taken = await client.connect();
    return () => taken.release();
  };
  return { store: new SqlStore({ client, table }), close: () => client.end(), hold };
}

function onPostgresJs({ url }: PostgresServer, options: Options<Record<string, never>> = {}): SmallPool {
  const settings = { connect_timeout: 1, backoff: () => 0.1, onnotice: () => {} };
  const client = postgres(url, { ...settings, ...options });
  const hold = async () => {
    const taken = await client.reserve();
    return () => taken.release();
  };
  return { store: new SqlStore({ client }), close: () => client.end({ timeout: 1 }), hold };
}

/** What is the same for all drivers of it. */
const onPostgres = {
  start: () => PostgresServer.start(),
  readOnly: { cause: { code: '25006' }, errorType: 'SQLSTATE_25' },
  tell: [
    `CREATE OR REPLACE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'No: %', NEW.record; END $$`,
    `CREATE TRIGGER tell BEFORE UPDATE ON next_app_session FOR EACH ROW
      WHEN (NEW.record LIKE '%"n":2%') EXECUTE FUNCTION tell()`,
  ],
  stopTelling: 'DROP TRIGGER tell ON next_app_session',
};

const byPg: FaultyDatabase<PostgresServer> = {
  ...onPostgres,
  name: 'PostgreSQL by pg',
  open: ({ connection }) => onPool(connection),
  fullPools: [
    {
      pool: 'a pool with a limit for the wait',
      error: unsent,
      open: ({ connection }) => onPool({ ...connection, max: 1, connectionTimeoutMillis: 300 }),
    },
    {
      pool: 'a pool without one',
      error: timedOut,
      open: ({ connection }) => onPool({ ...connection, max: 1, connectionTimeoutMillis: 0 }),
    },
  ],
};

const byPostgresJs: FaultyDatabase<PostgresServer> = {
  ...onPostgres,
  name: 'PostgreSQL by postgres.js',
  open: (server) => onPostgresJs(server),
  fullPools: [{ pool: 'a client', error: timedOut, open: (server) => onPostgresJs(server, { max: 1 }) }],
};

testFaults(byPg);
testFaults(byPostgresJs);
testFaults(mysqlFamily('MariaDB by mysql2', () => MariaDbServer.start()));

/** Returns the codes of the errors that the queries of a pool end with, as they come. */
function refusalsOf(client: Pool): readonly unknown[] {
  const codes: unknown[] = [];
  const query: (...args: unknown[]) => Promise<unknown> = client.query.bind(client);
  const heard = (...args: unknown[]) =>
    query(...args).catch((error) => {
      codes.push(error.code);
      throw error;
    });
  Reflect.set(client, 'query', heard);
  return codes;
}

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
      await writeAtLast(moved, 3);
      expect(await read(moved)).toBe(3);
    } finally {
      await replica.stop();
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
    const client = new Pool({ ...server.connection, options: '-c deadlock_timeout=2s' });
    const refusals = refusalsOf(client);
    const browser = await visitor(new SqlStore({ client }));
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
    await client.end();
    // There may be several: the call that is sent again may get the row before the transaction that waits for it.
    expect(new Set(refusals)).toEqual(new Set(['40P01']));
    await expect
      .poll(() => server.query(`SELECT deadlocks::int AS n FROM pg_stat_database WHERE datname = 'postgres'`))
      .toEqual([{ n: refusals.length }]);
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
