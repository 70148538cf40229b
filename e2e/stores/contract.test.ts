import { RedisStore } from 'next-app-session/redis';
import { testStore } from 'next-app-session/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expressStores, type RunningPackage } from './express-stores.kit.js';
import { type Connection, singleClients } from './servers/redis-clients.js';
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
    { create: ({ name }) => new RedisStore({ client: connection.client, prefix: `${name}:` }), atomic: true },
  );
});

describe.each(expressStores)('$name', ({ start, limits }) => {
  let running: RunningPackage;
  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => running.stop());

  testStore({ describe, it, expect }, { create: ({ name }) => running.open(name), atomic: false, ...limits });
});
