import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from './open-store.mjs';
import { MariaDbServer } from './servers/mariadb.js';
import { PostgresServer } from './servers/postgres.js';
import { mariadb, postgresql } from './shared-stores.kit.js';
import { testSchema } from './sql-schema.kit.js';

testSchema(postgresql);
testSchema(mariadb);

/** A connection that may hold a transaction open. */
interface Connected {
  run(text: string): Promise<unknown>;
  end(): Promise<unknown>;
}

const databases = [
  {
    name: 'PostgreSQL',
    start: () => PostgresServer.start(),
    connect: async (url: string): Promise<Connected> => {
      const client = new Client(url);
      await client.connect();
      return { run: (text) => client.query(text), end: () => client.end() };
    },
    role: 'CREATE ROLE app LOGIN',
    grant: (table: string) => `GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO app`,
    schema: 'CREATE SCHEMA web',
  },
  {
    name: 'MariaDB',
    start: () => MariaDbServer.start(),
    connect: async (url: string): Promise<Connected> => {
      const client = await createConnection(url);
      return { run: (text) => client.query(text), end: () => client.end() };
    },
    role: "CREATE USER 'app'@'127.0.0.1'",
    grant: (table: string) => `GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO 'app'@'127.0.0.1'`,
    schema: "CREATE DATABASE web; GRANT ALL ON web.* TO 'tests'@'127.0.0.1'",
  },
];

describe.each(databases)('$name', ({ start, connect, role, grant, schema }) => {
  let server: PostgresServer | MariaDbServer;
  let url: string;
  let owner: Awaited<ReturnType<typeof openStore>>;
  beforeAll(async () => {
    server = await start();
    url = server.url;
    owner = await openStore(url);
  });
  afterAll(async () => {
    await owner?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    await owner.store.migrate();
    await owner.query('DELETE FROM next_app_session');
  });

  let holder: Connected | undefined;
  /** Opens a transaction, with the locks that a statement takes. */
  const hold = async (text: string) => {
    holder = await connect(url);
    await holder.run('BEGIN');
    await holder.run(text);
    return holder;
  };
  afterEach(async () => {
    await holder?.end();
    holder = undefined;
  });

  const now = () => ({ now: Date.now(), clock: 'system' }) as const;
  const live = (n: number) => ({ n, cookie: { expires: new Date(Date.now() + 600_000) } });
  const addEnded = (id: string) =>
    owner.query('INSERT INTO next_app_session (id, record, version, expires_at) VALUES (?, ?, ?, ?)', [
      id,
      '{}',
      'v',
      1,
    ]);

  it('a role that may only read and write rows works on tables that are there, and may call migrate()', async () => {
    await server.query(role);
    for (const table of ['next_app_session', 'next_app_session_users']) await server.query(grant(table));
    const { store, close } = await openStore(Object.assign(new URL(url), { username: 'app' }).href);
    await store.migrate();
    const version = await store.atomic.swap('a', null, live(1), now());
    expect(await store.atomic.swap('a', version, live(2), now())).not.toBeNull();
    expect(await store.get('a')).toMatchObject({ n: 2 });
    const entry = { entry: 'e', key: 'a', until: Date.now() + 600_000 };
    expect(await store.users.add('ada', entry, now())).toBe(true);
    expect(await store.users.revoke('ada', { limit: 9 }, now())).toHaveLength(1);
    await addEnded('ended');
    expect(await store.prune()).toBeLessThanOrEqual(1);
    await close();
  });

  it('a sweep leaves rows alone that somebody else holds, and no write waits for them', async () => {
    for (const id of ['held', 'free-1', 'free-2']) await addEnded(id);
    const holding = await hold("SELECT id FROM next_app_session WHERE id = 'held' FOR UPDATE");
    expect(await owner.store.prune()).toBe(2);
    await addEnded('free-3');
    // The first write of a process sweeps, in the background.
    const { store, close } = await openStore(url);
    await store.set('a', live(1));
    const ended = async () => {
      const rows = await owner.query('SELECT id FROM next_app_session WHERE expires_at < 10');
      return rows.map(({ id }) => String(id));
    };
    await expect.poll(ended).toEqual(['held']);
    await holding.run('ROLLBACK');
    expect(await owner.store.prune()).toBe(1);
    await close();
  });

  it('a write waits for somebody who holds its row, and then sees what they did', async () => {
    const version = await owner.store.atomic.swap('a', null, live(1), now());
    const holding = await hold("UPDATE next_app_session SET version = 'other' WHERE id = 'a'");
    const swapping = owner.store.atomic.swap('a', version, live(2), now());
    await holding.run('COMMIT');
    expect(await swapping).toBeNull();
    expect(await owner.store.get('a')).toMatchObject({ n: 1 });
  });

  it('a page of a revocation is full, though others delete entries of it at the same time', async () => {
    const { users } = owner.store;
    const names = Array.from({ length: 30 }, (_, at) => `e-${at}`);
    for (const entry of names) {
      await users.add('eve', { entry, key: `k-${entry}`, until: Date.now() + 600_000 }, now());
    }
    const holding = await hold("DELETE FROM next_app_session_users WHERE user_key = 'eve' AND entry < 'e-2'");
    const revoking = users.revoke('eve', { limit: 10 }, now());
    await new Promise((resolve) => setTimeout(resolve, 500));
    await holding.run('COMMIT');
    expect(await revoking).toHaveLength(10);
  });

  it.each(['select', 'web.Sessions'])('has tables of the name %s', async (table) => {
    if (table.startsWith('web')) for (const text of schema.split('; ')) await server.query(text);
    const client = await openStore(url, { table });
    await client.store.migrate();
    await client.store.migrate();
    await client.store.set('a', live(1));
    expect(await client.store.get('a')).toMatchObject({ n: 1 });
    expect(await client.store.prune()).toBe(0);
    expect(await owner.store.get('a')).toBeNull();
    await client.close();
  });
});
