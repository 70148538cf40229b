import { RedisStore } from 'next-app-session/redis';
import { testStore } from 'next-app-session/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, sentinelClients } from './servers/redis-clients.js';
import { RedisSentinels } from './servers/redis-sentinel.js';

/** By Sentinel, ioredis has the same client as without. */
const ownClients = sentinelClients.filter(({ name }) => name.startsWith('node-redis'));

let sentinels: RedisSentinels;
beforeAll(async () => {
  sentinels = await RedisSentinels.start();
});
afterAll(() => sentinels?.stop());

describe.each(ownClients)('RedisStore on $name', ({ name: clientName, open }) => {
  let connection: Connection;
  beforeAll(async () => {
    const ports = sentinels.sentinels.map(({ port }) => port);
    connection = await open(ports, sentinels.name);
  });
  afterAll(() => connection?.close());

  testStore(
    { describe, it, expect },
    {
      create: ({ name }) => new RedisStore({ client: connection.client, prefix: `${clientName}:${name}:` }),
      atomic: true,
      users: true,
    },
  );
});
