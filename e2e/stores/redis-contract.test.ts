import { RedisStore } from 'next-app-session/redis';
import { testStore } from 'next-app-session/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, singleClients } from './servers/redis-clients.js';
import { RedisServer } from './servers/redis-server.js';
import { commandsSentTo, RedisUser } from './servers/redis-user.js';

// The contract, in a file for each kind of store: its tests wait for records to expire, and files run side by side.

describe.each(singleClients)('RedisStore on $name', ({ name, open }) => {
  const user = new RedisUser(name.startsWith('ioredis') ? ['ioredis'] : []);
  let server: RedisServer;
  let connection: Connection;
  beforeAll(async () => {
    server = await RedisServer.start();
    await user.enter(server);
    connection = await open([server.port], user.login);
  });
  afterAll(async () => {
    connection?.close();
    await server?.stop();
  });

  testStore(
    { describe, it, expect },
    {
      create: ({ name }) => new RedisStore({ client: connection.client, prefix: `sess:${name}:` }),
      atomic: true,
      users: true,
    },
  );

  it('needs each command that docs/redis.md lists, and no other', async () => {
    expect(await commandsSentTo([server])).toEqual(user.commands);
  });
});
