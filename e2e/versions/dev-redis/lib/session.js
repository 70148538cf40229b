import nextAppSession from 'next-app-session';
import { redisStore } from './redis-store';

export const session = nextAppSession({
  secret: process.env.SESSION_SECRET,
  store: redisStore,
});

export const saved = 0;
