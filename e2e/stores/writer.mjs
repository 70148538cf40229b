// One of several processes that write to the same sessions. It gets its jobs from the parent by IPC.
import { setTimeout as sleep } from 'node:timers/promises';
import nextAppSession from 'next-app-session';
import { openStore } from './open-store.mjs';

const { store } = await openStore(process.env.STORE_URL);
const session = nextAppSession({
  secret: 'a secret',
  store,
  // A thousand writes of one session wait for each other: seconds, on a slow machine.
  storeTimeout: 150,
});
/** Returns the session of a new request with this cookie. */
function request(cookie) {
  const response = { headersSent: false, getHeader: () => undefined, setHeader: () => {} };
  return session({ headers: {}, cookies: { sid: cookie } }, response);
}

const work = {
  increment: (cookie) => request(cookie).update((data) => ({ ...data, n: (data.n ?? 0) + 1 })),
  set: (cookie, index) => request(cookie).set(`key-${index}`, index),
  /** Reads the session first and writes later, as a slow request does. */
  slowWrite: async (cookie, index) => {
    const seen = request(cookie);
    if (!(await seen.has('n'))) return 'too late';
    await seen.set(`late-${index}`, true);
  },
  regenerate: (cookie) => request(cookie).regenerate(),
  destroy: (cookie) => request(cookie).destroy(),
  take: async (cookie) => ((await request(cookie).take('n')) === null ? 'ok' : 'taken'),
  /** Tells who of all has called `renew`. */
  refresh: async (cookie) => {
    let code = 'ok';
    const renew = async (n) => {
      code = 'renewed';
      await sleep(100);
      return n + 1;
    };
    await request(cookie).refresh('n', { isFresh: (n) => n === 1, renew, timeout: 100 });
    return code;
  },
};

process.on('message', async ({ job, cookie, indexes }) => {
  const results = await Promise.allSettled(indexes.map((index) => work[job](cookie, index)));
  const codes = results.map(({ value, reason }) => reason?.code ?? reason?.message ?? value ?? 'ok');
  process.send({ codes });
});

process.send({ ready: true });
