import nextAppSession from 'next-app-session';
import { CountingStore } from './counting-store';

export const session = nextAppSession({
  name: ['sid', 'former'],
  secret: [process.env.SESSION_SECRET, 'the secret before'],
  store: new CountingStore(),
  cookie: { maxAge: 3600 },
  user: ({ user }) => user,
  listed: ({ device }) => ({ device }),
});
