import { Redis } from 'ioredis';
import { RedisStore } from 'next-app-session/redis';

const shared = globalThis as { sessionRedis?: Promise<Redis> };

/** Connects at the first request, not while `next build` runs, and once a process. */
export async function redisStore(url: string): Promise<RedisStore> {
  shared.sessionRedis ??= connect(url);
  return new RedisStore({ client: await shared.sessionRedis });
}

async function connect(url: string): Promise<Redis> {
  const client = new Redis(url, {
    lazyConnect: true,
    // While there is no connection a command fails at once, rather than happen whenever there is one again.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // Milliseconds. It never gives up, so service resumes by itself.
    retryStrategy: (attempt) => Math.min(attempt * 50, 500),
  });
  client.on('error', (error) => console.error('Redis:', error.message));
  // If this fails, the listener has said so, and the client goes on trying.
  await client.connect().catch(() => {});
  return client;
}
