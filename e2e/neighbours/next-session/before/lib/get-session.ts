import { RedisStore } from 'connect-redis';
import { sign, unsign } from 'cookie-signature';
import nextSession from 'next-session';
import { promisifyStore } from 'next-session/lib/compat';
import { createClient } from 'redis';

const { REDIS_URL: url, SESSION_SECRET: secret } = process.env;
const client = createClient(url ? { url } : {});
// While Next builds, there is none.
if (url) client.connect();

/** As the README of next-session signs the ID. Without a secret the cookie holds the bare ID. */
const signed = secret && {
  encode: (id: string) => `s:${sign(id, secret)}`,
  decode: (cookie: string) => unsign(cookie.slice(2), secret) || null,
};

export const getSession = nextSession({
  store: promisifyStore(new RedisStore({ client })),
  cookie: { maxAge: 7 * 86_400 },
  ...signed,
});
