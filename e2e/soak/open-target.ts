import { MemoryStore, type Store } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { SqlStore } from 'next-app-session/sql';
import type { Target } from './job.js';

/** Makes what the store needs, where it needs something. */
export async function prepare(store: Store<object>): Promise<void> {
  if (store instanceof SqlStore) await store.migrate();
}

/** Opens the store of a process, as docs/stores.md and docs/sql.md tell an app to. A driver is loaded only where it is used. */
export async function openTarget(target: Target): Promise<Store<object>> {
  switch (target.store) {
    case 'memory':
      return new MemoryStore();
    case 'redis':
    case 'redis-cluster':
    case 'redis-sentinel':
      return new RedisStore({ client: (await redisConnection(target)).client });
    case 'postgresql': {
      const { pgPool } = await import('../stores/servers/sql-clients.js');
      return new SqlStore((await pgPool.open(target.connection)).options);
    }
    case 'mariadb': {
      const { mysql2Pool } = await import('../stores/servers/sql-clients.js');
      return new SqlStore((await mysql2Pool.open(target.connection)).options);
    }
    case 'sqlite': {
      const { nodeSqlite } = await import('../stores/servers/sqlite-clients.js');
      return new SqlStore((await nodeSqlite.open(target.path)).options);
    }
  }
}

async function redisConnection(target: Extract<Target, { store: `redis${string}` }>) {
  const clients = await import('../stores/servers/redis-clients.js');
  switch (target.store) {
    case 'redis':
      return named('ioredis 6', clients.singleClients).open([target.port]);
    case 'redis-cluster':
      return clients.onceOnlyCluster.open(target.ports);
    case 'redis-sentinel':
      return named('ioredis 6 by Sentinel', clients.sentinelClients).open(target.ports, target.name);
  }
}

function named<Kind extends { readonly name: string }>(name: string, kinds: readonly Kind[]): Kind {
  const kind = kinds.find((other) => other.name === name);
  if (!kind) throw new Error(`No such client: ${name}.`);
  return kind;
}
