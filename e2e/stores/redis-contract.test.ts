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
  let another: Connection;
  beforeAll(async () => {
    server = await RedisServer.start();
    await user.enter(server);
    connection = await open([server.port], user.login);
    another = await open([server.port], user.login);
  });
  afterAll(async () => {
    connection?.close();
    another?.close();
    await server?.stop();
  });

  testStore(
    { describe, it, expect },
    {
      create: ({ name }) => {
        const prefix = `sess:${name}:`;
        return {
          store: new RedisStore({ client: connection.client, prefix }),
          another: () => new RedisStore({ client: another.client, prefix }),
        };
      },
      atomic: true,
      users: true,
    },
  );

  it('needs each command that docs/redis.md lists, and no other', async () => {
    expect(await commandsSentTo([server])).toEqual(user.commands);
  });
});
