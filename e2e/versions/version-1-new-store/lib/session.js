import nextAppSession from 'next-app-session';
import { redisStore } from './redis-store';

export const session = nextAppSession({
  name: 'EXAMPLE_SID',
  secret: process.env.COOKIE_SECRET,
  store: redisStore,
  hashIds: false,
});
