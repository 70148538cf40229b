import { Redis } from 'ioredis';
import { afterAll } from 'vitest';
import { RedisServer } from './servers/redis-server.js';

/** Starts a Redis server for the tests of a file, and connects to it. Stops both after them. */
export async function redisOfTests(): Promise<{ server: RedisServer; client: Redis }> {
  const server = await RedisServer.start();
  const client = new Redis(server.port);
  await client.ping();
  afterAll(() => {
    client.disconnect();
    return server.stop();
  });
  return { server, client };
}

/** Whether this server compares in SET, as Redis 8.4 and Valkey 8.1 do. A swap is then one command. */
export async function comparesInSet(server: RedisServer): Promise<boolean> {
  return (await server.command('SET', 'asked', '', 'IFEQ', '')) === '';
}
