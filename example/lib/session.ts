import nextAppSession from 'next-app-session';
import { type Listed, options, type SessionData } from './session-options';

export const session = nextAppSession<SessionData, Listed>({
  secret: process.env.SESSION_SECRET ?? 'for this example only', // in your app, without a default
  ...options,
});
