// One of several processes that write to the same sessions: takes jobs from its parent, by IPC.
import { Redis } from 'ioredis';
import nextAppSession from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';

const client = new Redis(process.env.REDIS_URL);
const session = nextAppSession({ secret: 'a secret', store: new RedisStore({ client }) });

/** A request of its own each time, with the session's cookie. */
function request(cookie) {
  const response = { headersSent: false, getHeader: () => undefined, setHeader: () => {} };
  return session({ headers: {}, cookies: { sid: cookie } }, response);
}

const work = {
  increment: (cookie) => request(cookie).update((data) => ({ ...data, n: (data.n ?? 0) + 1 })),
  set: (cookie, index) => request(cookie).set(`key-${index}`, index),
  /** A write on a session that was seen alive, as of a slow request. */
  slowWrite: async (cookie, index) => {
    const seen = request(cookie);
    if (!(await seen.has('n'))) return 'too late';
    await seen.set(`late-${index}`, true);
  },
  regenerate: (cookie) => request(cookie).regenerate(),
  destroy: (cookie) => request(cookie).destroy(),
};

process.on('message', async ({ job, cookie, indexes }) => {
  const results = await Promise.allSettled(indexes.map((index) => work[job](cookie, index)));
  const codes = results.map(({ value, reason }) => reason?.code ?? reason?.message ?? value ?? 'ok');
  process.send({ codes });
});

client.once('ready', () => process.send({ ready: true }));
