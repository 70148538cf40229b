import nextAppSession from 'next-app-session';
import { SqlStore } from 'next-app-session/sql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { MariaDbServer } from './servers/mariadb.js';
import { PostgresServer } from './servers/postgres.js';
import {
  mysql2CallbackPool,
  mysql2ChangedRows,
  mysql2Connection,
  ownMySqlClient,
  ownPostgresClient,
  pgClient,
  postgresJs,
  type SqlClientKind,
} from './servers/sql-clients.js';

// What differs from driver to driver. The full run has the whole contract for each of them.

const AT_ONCE = 20;

function testClients<Connection>(
  name: string,
  Server: { start(): Promise<{ readonly connection: Connection; stop(): Promise<void> }> },
  kinds: readonly SqlClientKind<Connection>[],
): void {
  describe(name, () => {
    let server: Awaited<ReturnType<typeof Server.start>>;
    beforeAll(async () => {
      server = await Server.start();
    });
    afterAll(() => server?.stop());

    it.each(kinds)('$name counts, lists and revokes, with no warning', async ({ open }) => {
      const warnings: Error[] = [];
      const listen = (warning: Error) => warnings.push(warning);
      process.on('warning', listen);
      const { options, close } = await open(server.connection);
      const store = new SqlStore(options);
      await store.migrate();
      const session = nextAppSession<{ userId: string; n: number }>({
        secret: 'a secret',
        store,
        user: ({ userId }) => userId,
      });
      const browser = new Browser(session);
      await browser.visit((own) => own().regenerate(() => ({ userId: 'ada', n: 0 })));
      const increment = () =>
        browser.visit((own) => own().update((data) => ({ ...data, n: (data.n ?? 0) + 1 })));
      await Promise.all(Array.from({ length: AT_ONCE }, increment));
      expect(await browser.visit((own) => own().get('n'))).toBe(AT_ONCE);
      const versions = await Promise.all(
        Array.from({ length: AT_ONCE }, (_, n) =>
          store.atomic.swap(
            'one',
            null,
            { n, cookie: { originalMaxAge: 60_000 } },
            {
              now: Date.now(),
              clock: 'system',
            },
          ),
        ),
      );
      expect(versions.filter((version) => version !== null)).toHaveLength(1);
      expect(await session.user('ada').list()).toHaveLength(1);
      expect(await session.user('ada').revokeAll()).toBe(1);
      expect(await browser.visit((own) => own().all())).toEqual({});
      await store.destroy('one');
      await close();
      process.off('warning', listen);
      expect(warnings).toEqual([]);
    });
  });
}

testClients('PostgreSQL', PostgresServer, [pgClient, postgresJs, ownPostgresClient]);
testClients('MariaDB', MariaDbServer, [
  mysql2Connection,
  mysql2CallbackPool,
  mysql2ChangedRows,
  ownMySqlClient,
]);
