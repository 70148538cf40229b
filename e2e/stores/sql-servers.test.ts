import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MariaDbServer } from './servers/mariadb.js';
import { PostgresServer } from './servers/postgres.js';
import { connectMySql2, connectPg, describeServer } from './sql-server.kit.js';

describeServer('PostgreSQL', () => PostgresServer.start(), connectPg);
describeServer('MariaDB', () => MariaDbServer.start(), connectMySql2);

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
