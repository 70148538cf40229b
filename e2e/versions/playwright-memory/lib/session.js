import nextAppSession from 'next-app-session';

/** In memory, with a cookie that browsers are strict about. */
export const session = nextAppSession({
  name: '__Host-sid',
  secret: process.env.SESSION_SECRET,
  cookie: { secure: true },
});
