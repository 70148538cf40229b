import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MySqlFamilyServer } from './servers/mysql-family.js';
import type { PostgresServer } from './servers/postgres.js';
import { ReplyCutter } from './servers/reply-cutter.js';
import type { SqlServer } from './servers/sql-server.js';

// What the tests of SQL stores rely on: servers that crash and come back, that refuse writes, and whose replies are lost.

interface Connection {
  run(text: string): Promise<unknown>;
  end(): Promise<unknown>;
}

/** Connects to a server, or to what stands before it on this port. */
type Connect<Server> = (server: Server, port: number) => Promise<Connection>;

export const connectPg: Connect<PostgresServer> = async (server, port) => {
  const client = new Client({ ...server.connection, port });
  // It also tells the end of its connection to nobody in particular.
  client.on('error', () => {});
  await client.connect();
  return { run: (text) => client.query(text), end: () => client.end() };
};

export const connectMySql2: Connect<MySqlFamilyServer> = async (server, port) => {
  const client = await createConnection({ ...server.connection, port });
  return { run: (text) => client.query(text), end: () => client.end() };
};

export function describeServer<Server extends SqlServer>(
  name: string,
  start: () => Promise<Server>,
  connect: Connect<Server>,
): void {
  describe(name, () => {
    let server: Server;
    beforeAll(async () => {
      server = await start();
      await server.query('CREATE TABLE kept (n INTEGER PRIMARY KEY)');
    });
    afterAll(() => server?.stop());

    const isKept = async (n: number) =>
      (await server.query(`SELECT n FROM kept WHERE n = ${n}`)).length === 1;

    async function connected(task: (client: Connection) => Promise<void>, port = server.port): Promise<void> {
      const client = await connect(server, port);
      await task(client).finally(() => client.end().catch(() => {}));
    }

    it('keeps what was committed before a crash, and comes back on its port', async () => {
      const { port } = server;
      await connected(async (client) => {
        await client.run('INSERT INTO kept VALUES (1)');
        await server.kill();
        await expect(client.run('SELECT 1')).rejects.toThrow();
      });
      await expect(connect(server, port)).rejects.toThrow('ECONNREFUSED');
      await server.restart();
      expect(server.port).toBe(port);
      expect(await isKept(1)).toBe(true);
    });

    it('refuses writes while it is read-only, on connections that were open before too', async () => {
      await connected(async (client) => {
        await server.setReadOnly(true);
        await expect(client.run('INSERT INTO kept VALUES (2)')).rejects.toThrow('read-only');
        await server.setReadOnly(false);
        await client.run('INSERT INTO kept VALUES (2)');
      });
      expect(await isKept(2)).toBe(true);
    });

    it('has done what it was told where its reply was lost', async () => {
      const cutter = await ReplyCutter.start(server.port);
      try {
        await connected(async (client) => {
          cutter.lose(1, 'cut');
          await expect(client.run('INSERT INTO kept VALUES (3)')).rejects.toThrow();
        }, cutter.port);
      } finally {
        await cutter.stop();
      }
      await expect.poll(() => isKept(3)).toBe(true);
    });
  });
}
