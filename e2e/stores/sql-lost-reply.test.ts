import { SqlStore } from 'next-app-session/sql';
import { afterAll, beforeAll, describe } from 'vitest';
import { type Direct, testLostReplies } from './lost-reply.kit.js';
import { MariaDbServer } from './servers/mariadb.js';
import { PostgresServer } from './servers/postgres.js';
import {
  mysql2Pool,
  pgPool,
  postgresJs,
  type SqlClientKind,
  type SqlConnection,
} from './servers/sql-clients.js';

/** Tests the drivers of a database. The first of them also looks at it past the proxy. */
function testDrivers<Connection extends { readonly port: number }>(
  Server: { start(): Promise<{ readonly connection: Connection; stop(): Promise<void> }> },
  [first, ...others]: readonly [SqlClientKind<Connection>, ...SqlClientKind<Connection>[]],
): void {
  let server: Awaited<ReturnType<typeof Server.start>>;
  let connection: SqlConnection;
  let direct: Direct;
  beforeAll(async () => {
    server = await Server.start();
    connection = await first.open(server.connection);
    const store = new SqlStore(connection.options);
    await store.migrate();
    direct = { port: server.connection.port, store };
  });
  afterAll(async () => {
    await connection?.close();
    await server?.stop();
  });

  for (const { name, prepares, open } of [first, ...others]) {
    const openStore = async (port: number) => {
      const { options, close } = await open({ ...server.connection, port });
      return { store: new SqlStore(options), close };
    };
    testLostReplies({ name, replies: prepares ? 2 : 1, open: openStore }, () => direct);
  }
}

describe('PostgreSQL', () => testDrivers(PostgresServer, [pgPool, postgresJs]));
describe('MariaDB', () => testDrivers(MariaDbServer, [mysql2Pool]));
