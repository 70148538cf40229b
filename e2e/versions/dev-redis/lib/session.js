import nextAppSession from 'next-app-session';
import { redisStore } from './redis';

export const session = nextAppSession({
  secret: process.env.SESSION_SECRET,
  store: () => redisStore(process.env.REDIS_URL),
});

export const saved = 0;
