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
