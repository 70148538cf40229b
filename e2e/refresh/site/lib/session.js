import Redis from 'ioredis';
import nextAppSession from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { SqlStore } from 'next-app-session/sql';
import { Pool } from 'pg';

const { STORE, STORE_URL } = process.env;

const stores = {
  memory: undefined,
  redis: () => new RedisStore({ client: connected(() => new Redis(STORE_URL)) }),
  postgresql: async () => {
    const store = new SqlStore({ client: connected(() => new Pool({ connectionString: STORE_URL })) });
    await store.migrate();
    return store;
  },
};

/** One connection for all copies of this module in the process. */
function connected(connect) {
  globalThis.storeClient ??= connect();
  return globalThis.storeClient;
}

export const session = nextAppSession({
  secret: process.env.SESSION_SECRET,
  store: stores[STORE],
  user: ({ user }) => user,
  // Seconds. A busy machine is no fault of a store.
  storeTimeout: 60,
});
