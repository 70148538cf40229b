import { createPool } from 'mysql2';
import nextAppSession from 'next-app-session';
import { SqlStore } from 'next-app-session/sql';
import { Pool } from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { MariaDbServer } from './servers/mariadb.js';
import { PostgresServer } from './servers/postgres.js';
import type { SqlConnection } from './servers/sql-clients.js';
import { READ_COMMITTED, startSerializable } from './shared-stores.kit.js';

// Connections and drivers have settings. None of them changes what is stored, or when it ends.

interface Data {
  userId: string;
  text: string;
}

/** Texts that one setting or another reads in another way. */
const TEXTS = ['ü € 😀', "'", '"', '\\', "\\' OR 1 = 1 -- ", '%_`', '\0', '\ud800', ':now', '$1', '?'];

/** Keeps a session with these texts, slides it, lists it, lets it end, and revokes it. */
async function use({ options }: SqlConnection): Promise<void> {
  const store = new SqlStore(options);
  await store.migrate();
  const session = nextAppSession<Data>({ secret: 'a secret', store, user: ({ userId }) => userId });
  const browser = new Browser(session);
  for (const text of TEXTS) {
    await browser.visit((own) => own().regenerate(() => ({ userId: text, text })));
    expect(await browser.visit((own) => own().get('text'))).toBe(text);
    await browser.visit((own) => own().update((data) => ({ ...data, text: `${data.text}!` })));
    expect(await browser.visit((own) => own().get('text'))).toBe(`${text}!`);
    expect(await session.user(text).list()).toHaveLength(1);
    expect(await session.user(text).revokeAll()).toBe(1);
    expect(await browser.visit((own) => own().all())).toEqual({});
  }
  const at = (ms: number) => ({ cookie: { expires: new Date(Date.now() + ms) } });
  await store.set('short', at(1500));
  await store.set('long', at(60_000));
  expect(await store.get('short')).not.toBeNull();
  await expect.poll(() => store.get('short'), { timeout: 30_000 }).toBeNull();
  expect(await store.get('long')).not.toBeNull();
}

describe('PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server?.stop());

  it.each([
    'timezone=Asia/Kolkata',
    'standard_conforming_strings=off',
    'default_transaction_isolation=serializable',
    'datestyle=German',
    'plan_cache_mode=force_generic_plan',
  ])('with %s', async (setting) => {
    const client = new Pool({ ...server.connection, options: `-c ${setting}` });
    await use({ options: { client }, close: () => {} });
    await client.end();
  });

  it('with a postgres.js that gives columns other names', async () => {
    const client = postgres({ ...server.connection, transform: postgres.camel, onnotice: () => {} });
    await use({ options: { client }, close: () => {} });
    await client.end();
  });
});

describe('PostgreSQL whose transactions are serializable, but for those of the store', () => {
  const LEVEL = 'SHOW transaction_isolation';
  const expected = [{ transaction_isolation: 'read committed' }];
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startSerializable();
    expect(await server.query(LEVEL)).toEqual([{ transaction_isolation: 'serializable' }]);
  });
  afterAll(() => server?.stop());

  it('by the option that docs/sql.md has for pg', async () => {
    const client = new Pool({ ...server.connection, options: READ_COMMITTED });
    await use({ options: { client }, close: () => {} });
    expect((await client.query(LEVEL)).rows).toEqual(expected);
    await client.end();
  });

  it('by the one that it has for postgres.js', async () => {
    const client = postgres({
      ...server.connection,
      connection: { default_transaction_isolation: 'read committed' },
      onnotice: () => {},
    });
    await use({ options: { client }, close: () => {} });
    expect([...(await client.unsafe(LEVEL))]).toEqual(expected);
    await client.end();
  });
});

describe('MariaDB', () => {
  let server: MariaDbServer;
  beforeAll(async () => {
    server = await MariaDbServer.start();
  });
  afterAll(() => server?.stop());

  it.each([
    "sql_mode = 'ANSI'",
    "sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES,STRICT_ALL_TABLES'",
    "sql_mode = ''",
    "time_zone = '+05:30'",
    'SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE',
    'SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    'innodb_snapshot_isolation = ON',
    'NAMES latin1',
  ])('after SET %s', async (setting) => {
    const client = createPool(server.connection);
    client.on('connection', (connection) => connection.query(`SET ${setting}`));
    await use({ options: { client }, close: () => {} });
    await client.promise().end();
  });

  it.each([
    { charset: 'latin1' },
    { supportBigNumbers: true, bigNumberStrings: true },
    { namedPlaceholders: true },
  ])('with a driver of %j', async (options) => {
    const client = createPool({ ...server.connection, ...options });
    await use({ options: { client }, close: () => {} });
    await client.promise().end();
  });

  it('a write over a row that is swept at the same moment is kept, and an entry too', async () => {
    const pool = createPool(server.connection).promise();
    const store = new SqlStore({ client: pool });
    await store.migrate();
    const sweeping = {
      execute: async (text: string, values: unknown) => {
        try {
          return await pool.execute(text, values as []);
        } catch (error) {
          // An INSERT has met a row.
          await pool.query('DELETE FROM next_app_session');
          await pool.query('DELETE FROM next_app_session_users');
          throw error;
        }
      },
      query: () => {},
      Promise,
    };
    const swept = new SqlStore({ client: sweeping as never });
    const row = "('a', '{}', 'v', 1)";
    await pool.query(`INSERT INTO next_app_session (id, record, version, expires_at) VALUES ${row}`);
    const record = { n: 1, cookie: { expires: new Date(Date.now() + 60_000) } };
    await swept.set('a', record);
    expect(await store.get('a')).toMatchObject({ n: 1 });
    const options = { now: Date.now(), clock: 'system' } as const;
    const entry = { entry: 'e', key: 'a', until: Date.now() + 60_000 };
    expect(await store.users.add('ada', entry, options)).toBe(true);
    expect(await swept.users.add('ada', entry, options)).toBe(true);
    await pool.end();
  });

  it('a handle is known whose session removes its own entry while it is revoked', async () => {
    const pool = createPool(server.connection).promise();
    const removing = {
      execute: async (text: string, values: unknown) => {
        const answer = await pool.execute(text, values as []);
        if (text.includes('SET revoked_at')) {
          // Before the next statement, a request of the session has found out.
          await pool.query('DELETE FROM next_app_session');
          await pool.query('DELETE FROM next_app_session_users');
        }
        return answer;
      },
      query: () => {},
      Promise,
    };
    const store = new SqlStore({ client: removing as never });
    await store.migrate();
    const session = nextAppSession<Data>({ secret: 'a secret', store, user: ({ userId }) => userId });
    await new Browser(session).visit((own) => own().regenerate(() => ({ userId: 'ada', text: '' })));
    const [{ handle } = { handle: '' }] = await session.user('ada').list();
    expect(await session.user('ada').revoke(handle)).toBe(true);
    expect(await session.user('ada').revoke(handle)).toBe(false);
    await pool.end();
  });
});
