import { Redis } from 'ioredis';
import nextAppSession from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';

export const session = nextAppSession({
  secret: process.env.SESSION_SECRET,
  cookie: { secure: false },
  storeTimeout: 1,
  sessionHash: true,
  // An app that logs what happens to its sessions.
  onEvent: (event) => console.log('session event', JSON.stringify(event)),
  store: async () => {
    const client = new Redis(process.env.REDIS_URL, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => 100,
    });
    client.on('error', (error) => console.error('Redis:', error));
    await client.connect().catch(() => {});
    return new RedisStore({ client });
  },
});
