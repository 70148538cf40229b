// One of several processes in which one user signs in, many times at once. It gets its jobs from the parent by IPC.
import nextAppSession from 'next-app-session';
import { openStore } from './open-store.mjs';
import { exchange } from './revocation-app.mjs';

const { store } = await openStore(process.env.STORE_URL);
const apps = {};

process.on('message', async ({ onSessionLimit, maxSessions, signIns }) => {
  apps[onSessionLimit] ??= nextAppSession({
    name: 'limit',
    secret: 'a secret',
    store,
    user: ({ userId }) => userId,
    maxSessions,
    onSessionLimit,
    // They wait for each other, on a slow machine for seconds.
    storeTimeout: 60,
  });
  const signIn = async () => {
    const { request, response, setCookies } = exchange('');
    const code = await apps[onSessionLimit](request, response)
      .regenerate((data) => ({ ...data, userId: 'ada' }))
      .then(
        () => 'ok',
        (error) => error.code ?? String(error),
      );
    return { code, cookie: setCookies[0]?.split(';')[0] ?? null };
  };
  process.send({ ended: await Promise.all(Array.from({ length: signIns }, signIn)) });
});

process.send({ ready: true });
