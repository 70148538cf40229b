import { Redis } from 'ioredis';
import { RedisStore } from 'next-app-session/redis';

export async function redisStore() {
  globalThis.sessionRedis ??= connect();
  return new RedisStore({ client: await globalThis.sessionRedis, prefix: 'exampleapp:' });
}

async function connect() {
  const retryStrategy = (attempt) => Math.min(attempt * 50, 500);
  const client = new Redis(process.env.REDIS_URL, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy,
  });
  client.on('error', (error) => console.error('Redis:', error.message));
  await client.connect().catch(() => {});
  return client;
}
