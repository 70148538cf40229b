import { RedisStore } from 'next-app-session/redis';
import { testStore } from 'next-app-session/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, clusterClients } from './servers/redis-clients.js';
import { RedisCluster } from './servers/redis-cluster.js';

describe.each(clusterClients)('RedisStore on $name', ({ open }) => {
  let cluster: RedisCluster;
  let connection: Connection;
  beforeAll(async () => {
    cluster = await RedisCluster.start();
    connection = await open(cluster.ports);
  });
  afterAll(async () => {
    connection?.close();
    await cluster?.stop();
  });

  testStore(
    { describe, it, expect },
    {
      create: ({ name }) => new RedisStore({ client: connection.client, prefix: `${name}:` }),
      atomic: true,
      users: true,
    },
  );
});
