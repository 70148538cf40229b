import nextAppSession from 'next-app-session';
import { sqlStore } from './sql-store';

export const session = nextAppSession({
  secret: process.env.SESSION_SECRET,
  store: sqlStore,
});

export const saved = 0;
