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
  let another: Connection;
  beforeAll(async () => {
    const ports = sentinels.sentinels.map(({ port }) => port);
    connection = await open(ports, sentinels.name);
    another = await open(ports, sentinels.name);
  });
  afterAll(() => {
    connection?.close();
    another?.close();
  });

  testStore(
    { describe, it, expect },
    {
      create: ({ name }) => {
        const prefix = `${clientName}:${name}:`;
        return {
          store: new RedisStore({ client: connection.client, prefix }),
          another: () => new RedisStore({ client: another.client, prefix }),
        };
      },
      atomic: true,
      users: true,
    },
  );
});
