import { Redis } from 'ioredis';
import nextAppSession from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';

/** The sessions of an Express app: its cookie name, secret and Redis, and records under the IDs themselves. */
export const session = nextAppSession({
  name: 'connect.sid',
  secret: process.env.SESSION_SECRET,
  cookie: { maxAge: 3600, secure: false },
  hashIds: false,
  store: async () => {
    const client = new Redis(process.env.REDIS_URL, { lazyConnect: true, enableOfflineQueue: false });
    client.on('error', (error) => console.error('Redis:', error.message));
    await client.connect().catch(() => {});
    return new RedisStore({ client });
  },
});
