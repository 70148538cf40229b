// This library (2) and the version before it (1.0.7), which share their calls as far as 1.0.7 has them.
import { sign } from 'cookie-signature';

const SECRET = 'a secret of the benchmark, 32 letters';
const KEYS = ['k0', 'k1', 'k2', 'k3', 'k4'];

export function version2({ redis, nextAppSession, RedisStore }) {
  return onStore({ nextAppSession, store: new RedisStore({ client: redis, prefix: 'two:' }) });
}

/** Its first read of a request comes from memory. What is kept stays for as long as all turns of a table take. */
export function version2Near({ nearRedis, nextAppSession, RedisStore }) {
  const store = new RedisStore({ client: nearRedis, prefix: 'near:', nearCache: { maxAge: 60 } });
  const { seed, works } = onStore({ nextAppSession, store });
  return { seed, works: { 'read 1': works['read 1'], 'read 5': works['read 5'] } };
}

/** This library on any store. */
export function onStore({ nextAppSession, store, options }) {
  const session = nextAppSession({ name: 'two', secret: SECRET, store, ...options });
  return {
    seed: (data) => seed(session, 'two', data),
    works: {
      ...reads(session),
      increment: () => session().update((data) => ({ ...data, n: data.n + 1 })),
      'read, increment': async () => {
        await session().get('n');
        await session().update((data) => ({ ...data, n: data.n + 1 }));
      },
      set: (key = 'k0', value = 'v') => session().set(key, value),
      create: () => session().setAll({ k0: 'v' }),
      regenerate: () => session().regenerate(),
    },
  };
}

export function version1({ redis, nextAppSession }) {
  const store = {
    get: async (id) => JSON.parse(await redis.get(`one:${id}`)),
    set: (id, session) => redis.set(`one:${id}`, JSON.stringify(session), 'EX', 86_400),
    destroy: (id) => redis.del(`one:${id}`),
  };
  const session = nextAppSession({ name: 'one', secret: SECRET, store });
  const increment = async () => session().set('n', (await session().get('n')) + 1);
  return {
    seed: async (data) => {
      const id = Math.random().toString(36).slice(2);
      await store.set(id, { ...data, cookie: {} });
      return `one=${encodeURIComponent(`s:${sign(id, SECRET)}`)}`;
    },
    works: {
      ...reads(session),
      increment,
      'read, increment': increment,
      set: (key = 'k0', value = 'v') => session().set(key, value),
      create: (data = { k0: 'v' }) => session().setAll(data),
    },
  };
}

function reads(session) {
  return {
    data: () => session().all(),
    'read 1': () => session().get('k0'),
    'read 5': async () => {
      const values = [];
      for (const key of KEYS) values.push(await session().get(key));
      return values;
    },
    'read 5 at once': () => Promise.all(KEYS.map((key) => session().get(key))),
  };
}

/** A session of this data, through the Pages Router's part of the library, which needs no request scope. */
async function seed(session, name, data) {
  let sent = [];
  const response = {
    headersSent: false,
    getHeader: () => sent,
    setHeader: (_, value) => {
      sent = value;
    },
  };
  await session({ headers: {}, cookies: {} }, response).setAll(data);
  return sent.find((cookie) => cookie.startsWith(`${name}=`)).split(';')[0];
}
