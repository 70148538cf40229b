import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MariaDbServer } from './servers/mariadb.js';
import { PostgresServer } from './servers/postgres.js';
import { ReplyCutter } from './servers/reply-cutter.js';

// What the tests of SQL stores rely on: servers that crash and come back, replicas, replies that are lost on the way.

interface Connected {
  run(text: string): Promise<unknown>;
  end(): Promise<unknown>;
}

async function connectPg(connection: PostgresServer['connection']): Promise<Connected> {
  const client = new Client(connection);
  // It also tells the end of its connection to nobody in particular.
  client.on('error', () => {});
  await client.connect();
  return { run: (text) => client.query(text), end: () => client.end() };
}

async function connectMySql2(connection: MariaDbServer['connection']): Promise<Connected> {
  const client = await createConnection(connection);
  return { run: (text) => client.query(text), end: () => client.end() };
}

/** Runs a task with a client, which it ends. */
async function using<T>(connecting: Promise<Connected>, task: (client: Connected) => Promise<T>): Promise<T> {
  const client = await connecting;
  try {
    return await task(client);
  } finally {
    await client.end().catch(() => {});
  }
}

describe.each([
  { name: 'PostgreSQL', Server: PostgresServer, connect: connectPg },
  { name: 'MariaDB', Server: MariaDbServer, connect: connectMySql2 },
])('$name', ({ Server, connect }) => {
  let server: PostgresServer | MariaDbServer;
  beforeAll(async () => {
    server = await Server.start();
    await server.query('CREATE TABLE kept (n INTEGER PRIMARY KEY)');
  });
  afterAll(() => server?.stop());

  it('keeps what was committed before a crash, and comes back on its port', async () => {
    const { port } = server;
    await using(connect(server.connection), async (client) => {
      await client.run('INSERT INTO kept VALUES (1)');
      await server.kill();
      await expect(client.run('SELECT n FROM kept')).rejects.toThrow();
    });
    await expect(connect(server.connection)).rejects.toThrow();
    await server.restart();
    expect(server.port).toBe(port);
    expect(await server.query('SELECT n FROM kept WHERE n = 1')).toEqual([{ n: 1 }]);
  });

  it('refuses writes while it is read-only', async () => {
    await using(connect(server.connection), async (client) => {
      await server.setReadOnly(true);
      await expect(client.run('INSERT INTO kept VALUES (3)')).rejects.toThrow('read-only');
      await server.setReadOnly(false);
      await client.run('INSERT INTO kept VALUES (3)');
    });
    expect(await server.query('SELECT n FROM kept WHERE n = 3')).toEqual([{ n: 3 }]);
  });

  it('has done what it was told where its reply is lost on the way', async () => {
    const cutter = await ReplyCutter.start(server.port);
    try {
      await using(connect({ ...server.connection, port: cutter.port }), async (client) => {
        cutter.lose(1, 'cut');
        await expect(client.run('INSERT INTO kept VALUES (2)')).rejects.toThrow();
      });
    } finally {
      await cutter.stop();
    }
    await expect.poll(() => server.query('SELECT n FROM kept WHERE n = 2')).toEqual([{ n: 2 }]);
  });
});

describe('a replica of PostgreSQL', () => {
  let primary: PostgresServer;
  let replica: PostgresServer;
  beforeAll(async () => {
    primary = await PostgresServer.start();
    await primary.query('CREATE TABLE kept (n INTEGER PRIMARY KEY)');
    replica = await PostgresServer.startReplica(primary);
  });
  afterAll(() => Promise.all([primary?.stop(), replica?.stop()]));

  it('repeats what the primary does, refuses writes, and takes them once it is promoted', async () => {
    await primary.query('INSERT INTO kept VALUES (1)');
    await primary.isRepeatedBy(replica);
    expect(await replica.query('SELECT n FROM kept')).toEqual([{ n: 1 }]);
    await expect(replica.query('INSERT INTO kept VALUES (2)')).rejects.toThrow('read-only');
    await primary.kill();
    await replica.promote();
    await replica.query('INSERT INTO kept VALUES (2)');
    expect(await replica.query('SELECT n FROM kept ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
  });
});
