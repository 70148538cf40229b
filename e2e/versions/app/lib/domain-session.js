import nextAppSession from 'next-app-session';

/** A session that the hosts of a domain share. */
export const domainSession = nextAppSession({
  name: 'wide',
  secret: 'the secret of the version tests',
  cookie: { domain: 'b.localhost' },
});
