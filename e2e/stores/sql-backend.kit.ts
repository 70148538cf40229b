import nextAppSession from 'next-app-session';
import { sqlBackend } from 'next-app-session/testing/playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqlClientKind } from './servers/sql-clients.js';
import type { Database } from './sql-contract.kit.js';

const session = nextAppSession<{ n: number }>({ secret: 'a secret', user: ({ n }) => n && `user ${n}` });

/** Adds a test of `sqlBackend` for each of these drivers of a database. */
export function testSqlBackend<Connection>(
  name: string,
  database: Database<Connection>,
  kinds: readonly SqlClientKind<Connection>[],
): void {
  describe(`sqlBackend on ${name}`, () => {
    let server: Awaited<ReturnType<typeof database.start>>;
    beforeAll(async () => {
      server = await database.start();
    });
    afterAll(() => server?.stop());

    it.each(kinds)(
      'takes $name, creates the tables, keeps a session, and leaves it open',
      async ({ open }) => {
        const { options, close } = await open(server.connection);
        const table = `web_${Math.random().toString(36).slice(2)}`;
        const { client, ...others } = options;
        const round = async () => {
          const connection = await sqlBackend(client, { ...others, table }).connect({ session });
          const run = await connection.startRun();
          const value = decodeURIComponent((await run.write(null, { n: 1 }, null))?.value ?? '');
          expect(await run.read(value)).toEqual({ n: 1 });
          await run.end([value]);
          expect(await run.read(value)).toBeNull();
          await connection.close();
        };
        await round();
        // The first one has not closed the client.
        await round();
        await close();
      },
    );
  });
}
