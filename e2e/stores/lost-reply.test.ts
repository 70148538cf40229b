import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { RedisStore } from 'next-app-session/redis';
import { createClient } from 'redis';
import { createClient as createClient5 } from 'redis5';
import { afterAll, beforeAll } from 'vitest';
import { testLostReplies } from './lost-reply.kit.js';
import { type ClientKind, type Connection, fromIoRedis, singleClients } from './servers/redis-clients.js';
import { RedisServer } from './servers/redis-server.js';

const ignore = () => {};
const callOptions = { now: Date.now(), clock: 'system' } as const;

/** As an app has them that sets nothing: commands wait for a connection, and ioredis sends lost ones again. */
const defaultClients: readonly ClientKind[] = [
  { name: 'ioredis 6 as it comes', open: async ([port]) => fromIoRedis(new Redis({ port: port ?? 0 })) },
  { name: 'ioredis 5 as it comes', open: async ([port]) => fromIoRedis(new Redis5({ port: port ?? 0 })) },
  {
    name: 'node-redis 6 as it comes',
    open: async ([port]) => {
      const client = createClient({ url: `redis://127.0.0.1:${port}` }).on('error', ignore);
      await client.connect();
      return { client, close: () => client.destroy() };
    },
  },
  {
    name: 'node-redis 5 as it comes',
    open: async ([port]) => {
      const client = createClient5({ url: `redis://127.0.0.1:${port}` }).on('error', ignore);
      await client.connect();
      return { client, close: () => client.destroy() };
    },
  },
];

let server: RedisServer;
let direct: Connection;
beforeAll(async () => {
  server = await RedisServer.start();
  direct = (await singleClients[0]?.open([server.port])) as Connection;
  // The server then knows the script of a swap, and a lost reply is that of a swap that has taken effect.
  const { atomic } = new RedisStore({ client: direct.client });
  const version = await atomic.swap('first', null, {}, callOptions);
  await atomic.swap('first', version, {}, callOptions);
});
afterAll(async () => {
  direct?.close();
  await server?.stop();
});

for (const { name, open } of [...singleClients, ...defaultClients]) {
  const openStore = async (port: number) => {
    const { client, close } = await open([port]);
    return { store: new RedisStore({ client }), close };
  };
  // A client asks its server first whether it compares in SET, on each new connection.
  testLostReplies({ name, replies: 2, open: openStore }, () => ({
    port: server.port,
    store: new RedisStore({ client: direct.client }),
  }));
}
