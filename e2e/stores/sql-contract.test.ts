import { SqlStore } from 'next-app-session/sql';
import { testStore } from 'next-app-session/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresServer } from './servers/postgres.js';

describe('SqlStore on PostgreSQL', () => {
  let server: PostgresServer;
  let pool: Pool;
  beforeAll(async () => {
    server = await PostgresServer.start();
    pool = new Pool(server.connection);
  });
  afterAll(async () => {
    await pool?.end();
    await server?.stop();
  });

  testStore(
    { describe, it, expect },
    {
      create: async ({ name }) => {
        const store = new SqlStore({ client: pool, table: name });
        await store.migrate();
        return store;
      },
      atomic: true,
      users: true,
    },
  );
});
