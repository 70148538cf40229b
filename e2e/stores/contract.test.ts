import { RedisStore } from 'next-app-session/redis';
import { testStore } from 'next-app-session/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expressStores, type RunningPackage } from './express-stores.kit.js';
import { type Connection, clusterClients, singleClients } from './servers/redis-clients.js';
import { RedisCluster } from './servers/redis-cluster.js';
import { RedisServer } from './servers/redis-server.js';

describe.each(singleClients)('RedisStore on $name', ({ open }) => {
  let server: RedisServer;
  let connection: Connection;
  beforeAll(async () => {
    server = await RedisServer.start();
    connection = await open([server.port]);
  });
  afterAll(async () => {
    connection.close();
    await server.stop();
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

describe.each(clusterClients)('RedisStore on $name', ({ open }) => {
  let cluster: RedisCluster;
  let connection: Connection;
  beforeAll(async () => {
    cluster = await RedisCluster.start();
    connection = await open(cluster.ports);
  });
  afterAll(async () => {
    connection.close();
    await cluster.stop();
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

describe.each(expressStores)('$name', ({ start, limits }) => {
  let running: RunningPackage;
  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => running.stop());

  testStore(
    { describe, it, expect },
    { create: ({ name }) => running.open(name), atomic: false, users: false, ...limits },
  );
});
