import type { Options } from 'next-app-session';
import type { OAuthAttempt, Tokens } from './oauth';
import { store } from './store';

/** What a session may hold. It starts empty, so reading any of these may give null. */
export type SessionData = {
  count: number;
  naiveCount: number;
  name: string;
  user: { name: string; signedInAt: number; device?: string };
  legacyVisits: number;
  oauth: OAuthAttempt;
  tokens: Tokens;
};

/** What the account page shows of each session. */
export type Listed = { device: string };

/** Each of these may be left out. */
export const options: Options<SessionData, Listed> = {
  cookie: {
    // Seconds. The server forgets a session that is unused for as long.
    maxAge: 7 * 24 * 60 * 60,
    // Leave this out in your app: in production the cookie is Secure by itself. This example also runs in
    // production mode on http://localhost, where Safari drops Secure cookies.
    secure: process.env.SITE_URL?.startsWith('https://') ?? false,
  },
  // Seconds. However often it is used, nobody stays signed in for longer.
  absoluteTimeout: 30 * 24 * 60 * 60,
  // Whose a session is: of this user, and of a session at the identity provider. In your app, take the user's ID.
  // Anybody may call themselves "sid:…" here, so both have a prefix.
  user: ({ user, tokens }) => [user && `name:${user.name}`, tokens?.sid && `sid:${tokens.sid}`],
  listed: (data) => ({ device: data.user?.device ?? 'Unknown device' }),
  // Without a store, sessions live in this process's memory and end with it. In production, give one.
  store,
};
