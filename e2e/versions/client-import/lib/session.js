import nextAppSession, { SessionError } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { SqlStore } from 'next-app-session/sql';

export const isSignedOut = (error) => SessionError.is(error) && error.code === 'ERR_SESSION_GONE';

export const session = nextAppSession({
  secret: 'the secret of the version tests',
  store: () =>
    globalThis.redis
      ? new RedisStore({ client: globalThis.redis })
      : new SqlStore({ client: globalThis.sql }),
});
