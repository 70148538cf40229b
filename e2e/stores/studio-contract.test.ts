import { Redis } from 'ioredis';
import { MemoryStore, type Store } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { SqlStore } from 'next-app-session/sql';
import { testStore } from 'next-app-session/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StoreWatch, WatchedStore } from '../../studio/faults/watched-store.js';
import { expressStores } from './express-stores.kit.js';
import { PostgresServer } from './servers/postgres.js';
import { fromIoRedis, ioredisOptions } from './servers/redis-clients.js';
import { RedisServer } from './servers/redis-server.js';
import { pgPool } from './servers/sql-clients.js';

// A store within that of the studio fulfils what it fulfils alone.

interface OpenedStore {
  open(name: string): Promise<Store<object>>;
  stop(): Promise<unknown>;
}

const stores: readonly {
  readonly name: string;
  readonly has: { readonly atomic: boolean; readonly users: boolean };
  readonly limits?: object | undefined;
  start(): Promise<OpenedStore>;
}[] = [
  {
    name: 'MemoryStore',
    has: { atomic: true, users: true },
    start: async () => {
      const byName = new Map<string, Store<object>>();
      return {
        open: async (name) => {
          const store = byName.get(name) ?? new MemoryStore();
          byName.set(name, store);
          return store;
        },
        stop: async () => {},
      };
    },
  },
  { name: 'RedisStore', has: { atomic: true, users: true }, start: startRedis },
  { name: 'SqlStore', has: { atomic: true, users: true }, start: startPostgres },
  ...expressStores
    .filter(({ name }) => name.startsWith('connect-redis'))
    .map((store) => ({ ...store, has: { atomic: false, users: false } })),
];

const watch: StoreWatch = {
  isClockSet: false,
  around: (_operation, _key, call) => call(),
  wrote: () => {},
};

describe.each(stores)('$name within the store of the studio', ({ has, limits, start }) => {
  let opened: OpenedStore;
  beforeAll(async () => {
    opened = await start();
  });
  afterAll(() => opened?.stop());

  testStore(
    { describe, it, expect },
    {
      create: async ({ name }) => {
        const watched = async () => new WatchedStore(await opened.open(name), watch);
        return { store: await watched(), another: watched };
      },
      ...has,
      ...limits,
    },
  );
});

async function startRedis(): Promise<OpenedStore> {
  const server = await RedisServer.start();
  const connection = await fromIoRedis(new Redis(server.port, ioredisOptions));
  return {
    open: async (name) => new RedisStore({ client: connection.client, prefix: `${name}:` }),
    stop: () => {
      connection.close();
      return server.stop();
    },
  };
}

async function startPostgres(): Promise<OpenedStore> {
  const server = await PostgresServer.start();
  const connection = await pgPool.open(server.connection);
  return {
    open: async (table) => {
      const store = new SqlStore({ ...connection.options, table });
      await store.migrate();
      return store;
    },
    stop: async () => {
      await connection.close();
      await server.stop();
    },
  };
}
