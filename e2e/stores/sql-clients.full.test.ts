import { join } from 'node:path';
import { createPool } from 'mysql2/promise';
import { SqlStore } from 'next-app-session/sql';
import { testStore } from 'next-app-session/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNeonProxy } from './neon.kit.js';
import { MariaDbServer } from './servers/mariadb.js';
import { PostgresServer } from './servers/postgres.js';
import { SqlClientsApp } from './sql-clients.kit.js';

// The recipes of docs/sql.md and docs/sql-clients.md, as they are written there, with the real packages and servers.

let app: SqlClientsApp;
let postgres: PostgresServer;
let mariadb: MariaDbServer;
let neon: Awaited<ReturnType<typeof startNeonProxy>>;

beforeAll(async () => {
  [app, postgres, mariadb] = await Promise.all([
    SqlClientsApp.install(),
    PostgresServer.start(),
    MariaDbServer.start(),
  ]);
  neon = await startNeonProxy(postgres.connection, app.package('ws'));
  Object.assign(process.env, {
    DATABASE_URL: postgres.url,
    MYSQL_URL: mariadb.url,
    LIBSQL_URL: `file:${join(app.folder, 'libsql.db')}`,
    SESSION_FILE: join(app.folder, 'sessions.db'),
    PGLITE_FOLDER: join(app.folder, 'pglite'),
  });
  await generatePrisma('prisma', 'postgresql', 0);
  await generatePrisma('prisma-mysql', 'mysql', 1);
  app.write('neon-config.ts', neonConfig(neon.host));
  await app.load('neon-config.ts');
}, 1_800_000);
afterAll(async () => {
  await neon?.stop();
  await Promise.all([postgres?.stop(), mariadb?.stop()]);
});

it('all recipes compile with the types of the packages', { timeout: 600_000 }, async () => {
  expect(await app.complaints()).toBe('');
});

describe.each([
  'sql-store',
  'postgres-js-store',
  'mysql-store',
  'better-sqlite3-store',
  'drizzle-store',
  'prisma-store',
  'prisma-mysql-store',
  'kysely-store',
  'neon-store',
  'libsql-store',
  'knex-sql-store',
])('lib/%s.ts', (recipe) => {
  testStore(
    { describe, it, expect },
    { create: ({ name }) => app.store(recipe, name), atomic: true, users: true },
  );
});

/** Opening one takes long, so one test is enough. */
it('lib/pglite-store.ts keeps sessions', async () => {
  await expectToWork(await app.store('pglite-store'));
});

it('lib/sqlite-store.ts keeps sessions, on a Node that has node:sqlite', { timeout: 600_000 }, () => {
  app.write(
    'round-trip.ts',
    `import { sqliteStore } from './lib/sqlite-store.ts';
const store = await sqliteStore();
await store.set('a'.repeat(43), { cookie: { originalMaxAge: 60_000 }, n: 1 });
console.log((await store.get('a'.repeat(43)))?.n);`,
  );
  expect(app.runOnNode22('round-trip.ts').trim()).toBe('1');
});

it('better-sqlite3: a write waits for another one, and is applied', async () => {
  const file = join(app.folder, 'busy.db');
  const open = () => new (app.package('better-sqlite3'))(file, { timeout: 0 });
  const [client, other] = [open(), open()];
  const store = new SqlStore({ client });
  await store.migrate();
  other.exec('BEGIN IMMEDIATE');
  const writing = store.set('a', { n: 1, cookie: { originalMaxAge: 60_000 } });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await store.get('a')).toBeNull();
  other.exec('COMMIT');
  await writing;
  expect(await store.get('a')).toMatchObject({ n: 1 });
  for (const database of [client, other]) database.close();
});

it('Neon’s Pool, over a WebSocket', async () => {
  const { NeonPool } = await app.load('neon-config.ts');
  const client = new (NeonPool as typeof Pool)({ connectionString: postgres.url });
  const store = new SqlStore({ client, table: 'neon_pool' });
  await store.migrate();
  await expectToWork(store);
  await client.end();
});

describe('SqlStore works on what tools make of the schemas', () => {
  it.each([
    ['session-tables', 'postgresql'],
    ['session-tables.mysql', 'mysql'],
    ['session-tables.sqlite', 'sqlite'],
  ] as const)('Drizzle, db/%s.ts', { timeout: 300_000 }, async (schema, dialect) => {
    const args = ['export', '--sql', `--dialect=${dialect}`, `--schema=db/${schema}.ts`];
    const output = await app.tool('drizzle-kit/bin.cjs', args);
    await expectToWorkOn(await databases[dialect]('drizzle'), output.slice(output.indexOf('CREATE TABLE')));
  });

  // For MySQL, generatePrisma has shown that Prisma takes the models: their tables need a program that cannot be fetched here.
  it.each([
    [
      'postgresql',
      "import { PrismaPg } from 'adapter-pg6'",
      'new PrismaPg({ connectionString: process.env.DATABASE_URL })',
    ],
    [
      'sqlite',
      "import { PrismaLibSQL } from '@prisma/adapter-libsql'",
      "new PrismaLibSQL({ url: ':memory:' })",
    ],
  ] as const)('Prisma, on %s', { timeout: 300_000 }, async (dialect, line, adapter) => {
    const [models] = app.blocksBelow('### The tables in Prisma', 'prisma');
    app.write(
      `${dialect}.prisma`,
      `datasource db {\n  provider = "${dialect}"\n  url = "file:x"\n}\n${models?.code}`,
    );
    const settings = `engine: 'js', experimental: { adapter: true }, adapter: async () => ${adapter}`;
    app.write(
      `${dialect}.config.ts`,
      `${line};\nexport default { schema: '${dialect}.prisma', ${settings} };\n`,
    );
    const schema = ['--from-empty', '--to-schema-datamodel', `${dialect}.prisma`, '--script'];
    const args = ['migrate', 'diff', ...schema, '--config', `${dialect}.config.ts`];
    await expectToWorkOn(await databases[dialect]('prisma'), await app.tool('prisma6/build/index.js', args));
  });
});

/** An empty database of each dialect. */
const databases = {
  postgresql: async (name: string) => {
    await postgres.query(`CREATE DATABASE ${name}`);
    const client = new Pool({ ...postgres.connection, database: name });
    return { client, run: (text: string) => client.query(text), end: () => client.end() };
  },
  mysql: async (name: string) => {
    await mariadb.query(`CREATE DATABASE ${name}`);
    await mariadb.query(`GRANT ALL ON ${name}.* TO '${mariadb.connection.user}'@'127.0.0.1'`);
    const client = createPool({ ...mariadb.connection, database: name, multipleStatements: true });
    return { client, run: (text: string) => client.query(text), end: () => client.end() };
  },
  sqlite: async (name: string) => {
    const client = new (app.package('better-sqlite3'))(join(app.folder, `${name}.db`));
    return { client, run: async (text: string) => client.exec(text), end: async () => client.close() };
  },
};

type Database = Awaited<ReturnType<(typeof databases)[keyof typeof databases]>>;

/** Expects SqlStore to find the tables that this SQL makes, and to work on them. */
async function expectToWorkOn({ client, run, end }: Database, tables: string): Promise<void> {
  await run(tables);
  try {
    const store = new SqlStore({ client });
    await expectToWork(store);
    await store.migrate();
    await expectToWork(store);
  } finally {
    await end();
  }
}

/** One round of all that a session does. */
async function expectToWork(store: SqlStore): Promise<void> {
  const call = { now: Date.now(), clock: 'system' } as const;
  const [key, user, entry] = ['k'.repeat(43), 'u'.repeat(43), 'e'];
  const record = (n: number) => ({ cookie: { originalMaxAge: 60_000 }, text: '\u0000ä😀', n });
  await store.destroy(key);
  const first = await store.atomic.swap(key, null, record(1), call);
  expect(await store.atomic.swap(key, first, record(2), call)).not.toBeNull();
  expect(await store.atomic.swap(key, first, record(3), call)).toBeNull();
  expect(await store.get(key)).toEqual(record(2));
  expect(await store.users.add(user, { entry, key, until: call.now + 60_000 }, call)).toBe(true);
  const { entries } = await store.users.list(user, { limit: 10 }, call);
  expect(entries.map(({ records }) => records.map((one) => one.record))).toEqual([[record(2)]]);
  expect(await store.users.revoke(user, { limit: 10 }, call)).toHaveLength(1);
  await store.users.remove(user, [{ entry, key }], call);
  await store.prune();
}

/** Makes the client that a recipe imports, from the models of the docs. */
async function generatePrisma(folder: string, provider: string, models: number): Promise<void> {
  const blocks = app.blocksBelow('### The tables in Prisma', 'prisma');
  const generator = `generator client {\n  provider = "prisma-client"\n  output = "./generated/${folder}"\n}`;
  app.write(
    `${folder}.prisma`,
    `datasource db {\n  provider = "${provider}"\n}\n${generator}\n${blocks[models]?.code}`,
  );
  app.write(`${folder}.config.ts`, `export default { schema: '${folder}.prisma' };\n`);
  await app.tool('prisma/build/index.js', ['generate', '--config', `${folder}.config.ts`]);
}

/** Sends what Neon's driver sends to the stand-in, and not to Neon. */
function neonConfig(host: string): string {
  return `import { neonConfig, Pool as NeonPool } from '@neondatabase/serverless';
import WebSocket from 'ws';
export { NeonPool };
Object.assign(neonConfig, {
  fetchEndpoint: 'http://${host}/sql',
  wsProxy: '${host}',
  webSocketConstructor: WebSocket,
  useSecureWebSocket: false,
  pipelineTLS: false,
  pipelineConnect: false,
});
`;
}
