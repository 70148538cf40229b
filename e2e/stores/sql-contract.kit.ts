import { SqlStore } from 'next-app-session/sql';
import { testStore } from 'next-app-session/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqlClientKind, SqlConnection } from './servers/sql-clients.js';

/** What starts a database. */
export interface Database<Connection> {
  start(): Promise<{ readonly connection: Connection; stop(): Promise<void> }>;
}

/** Adds the contract's tests for each of these drivers of a database. */
export function testContract<Connection>(
  name: string,
  database: Database<Connection>,
  kinds: readonly SqlClientKind<Connection>[],
): void {
  describe(`SqlStore on ${name}`, () => {
    let server: Awaited<ReturnType<typeof database.start>>;
    beforeAll(async () => {
      server = await database.start();
    });
    afterAll(() => server?.stop());

    describe.each(kinds)('with $name', ({ open }) => {
      let connection: SqlConnection;
      let another: SqlConnection;
      beforeAll(async () => {
        connection = await open(server.connection);
        another = await open(server.connection);
      });
      afterAll(async () => {
        await connection?.close();
        await another?.close();
      });

      testStore(
        { describe, it, expect },
        {
          create: async ({ name: table }) => {
            const store = new SqlStore({ ...connection.options, table });
            await store.migrate();
            return { store, another: () => new SqlStore({ ...another.options, table }) };
          },
          atomic: true,
          users: true,
        },
      );
    });
  });
}
