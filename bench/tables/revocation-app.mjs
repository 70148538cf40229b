// The app whose users have sessions to list and to revoke.
import nextAppSession from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';

/** How many sign in at once while users are seeded. */
const AT_ONCE = 500;

export function accounts(client) {
  return nextAppSession({
    name: 'accounts',
    secret: 'a secret of the benchmark',
    store: new RedisStore({ client }),
    user: ({ userId }) => userId,
  });
}

/** Signs a user in. Returns the cookie. */
export async function signIn(session, userId) {
  let sent = [];
  const response = {
    headersSent: false,
    getHeader: () => sent,
    setHeader: (_, value) => {
      sent = value;
    },
  };
  await session({ headers: {}, cookies: {} }, response).setAll({ userId, k0: 'v', text: 'x'.repeat(140) });
  return sent[0].split(';')[0];
}

/** Signs a user in so many times. Returns the cookie of the last one. */
export async function signInOften(session, userId, count) {
  let cookie = '';
  for (let done = 0; done < count; done += AT_ONCE) {
    const length = Math.min(AT_ONCE, count - done);
    const cookies = await Promise.all(Array.from({ length }, () => signIn(session, userId)));
    cookie = cookies.at(-1);
  }
  return cookie;
}
