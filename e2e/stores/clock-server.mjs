// A server of the app, with a clock of its own: see shifted-clock.mjs. It gets its jobs from the parent by IPC.
import nextAppSession from 'next-app-session';
import { openStore } from './open-store.mjs';

const { store } = await openStore(process.env.STORE_URL);
const sessions = new Map();

/** Returns the app's sessions under these options. One object for each set of them, as an app has one. */
function sessionOf(options) {
  const key = JSON.stringify(options);
  const known = sessions.get(key);
  if (known) return known;
  const session = nextAppSession({ secret: 'a secret', store, user: ({ userId }) => userId, ...options });
  sessions.set(key, session);
  return session;
}

const jobs = {
  signIn: (own, { userId }) => own.regenerate((data) => ({ ...data, userId })),
  get: (own, { key }) => own.get(key),
  set: (own, { key, value }) => own.set(key, value),
  list: async (_own, { userId, session }) => (await session.user(userId).list()).length,
  revokeAll: (_own, { userId, session }) => session.user(userId).revokeAll(),
};

process.on('message', async ({ id, job, cookie, options, args }) => {
  const session = sessionOf(options);
  const cookies = [];
  const response = {
    headersSent: false,
    getHeader: () => cookies,
    setHeader: (_name, values) => cookies.splice(0, cookies.length, ...values),
  };
  const request = { headers: {}, cookies: cookie ? { sid: cookie } : {} };
  try {
    const result = await jobs[job](session(request, response), { ...args, session });
    process.send({ id, result: result ?? null, cookies });
  } catch (error) {
    process.send({ id, error: String(error?.code ?? error) });
  }
});

process.send({ ready: true, now: Date.now() });
