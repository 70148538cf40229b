import nextAppSession from 'next-app-session';

/** A session that the hosts of a domain share. */
export const domainSession = nextAppSession({
  name: 'wide',
  secret: process.env.SESSION_SECRET,
  cookie: { domain: 'b.localhost' },
});
