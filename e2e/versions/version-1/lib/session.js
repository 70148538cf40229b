import RedisStore from 'connect-redis';
import Redis from 'ioredis';
import nextAppSession, { promisifyStore } from 'next-app-session';

export const session = nextAppSession({
  name: 'EXAMPLE_SID',
  secret: process.env.COOKIE_SECRET,
  store: promisifyStore(
    new RedisStore({
      client: new Redis(process.env.REDIS_URL, { lazyConnect: true }),
      prefix: 'exampleapp:',
    }),
  ),
});
