import { execFile } from 'node:child_process';
import { isBuiltin } from 'node:module';
import { promisify } from 'node:util';
import { MariaDbServer } from '../stores/servers/mariadb.js';
import { PostgresServer } from '../stores/servers/postgres.js';
import { RedisCluster } from '../stores/servers/redis-cluster.js';
import { RedisSentinels } from '../stores/servers/redis-sentinel.js';
import { RedisServer } from '../stores/servers/redis-server.js';
import { ReplyCutter } from '../stores/servers/reply-cutter.js';
import type { SqlServer } from '../stores/servers/sql-server.js';
import { SqliteFile } from '../stores/servers/sqlite-file.js';
import {
  clusterFaults,
  connectionFaults,
  type Fault,
  sentinelFaults,
  serverKilled,
  serverPaused,
} from './faults.js';
import type { SqlAddress, StoreName, Target } from './job.js';

const run = promisify(execFile);

/** A store to try, with its servers. */
export interface Place {
  readonly target: Target;
  /** What may happen to the servers and to the way to them. */
  readonly faults: readonly Fault[];
  /** In how many processes the sessions are used. */
  readonly processes: number;
  /** Whether the sessions outlive a process. */
  readonly isShared: boolean;
  /** The Node that runs the processes. */
  readonly node: string;
  /** How often another server took over, by plan or by itself. */
  failovers?(): Promise<number>;
  stop(): Promise<void>;
}

const PROCESSES = 4;
/** Long enough that no Sentinel takes a busy machine for a dead one. */
const DOWN_AFTER_MS = 2000;
/** Each write is with the system before it is acknowledged: it outlives the server, and not the machine. */
const KEEPS_ALL = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'no'];

const shared = { processes: PROCESSES, isShared: true, node: process.execPath };

export const places: Readonly<Record<StoreName, () => Promise<Place>>> = {
  memory: async () => ({
    ...shared,
    target: { store: 'memory' },
    faults: [],
    // What a MemoryStore keeps is in one process: four times as many clients are in it.
    processes: 1,
    isShared: false,
    stop: async () => {},
  }),
  redis: async () => {
    const server = await RedisServer.startWith(KEEPS_ALL);
    const proxy = await ReplyCutter.start(server.port);
    return {
      ...shared,
      target: { store: 'redis', port: proxy.port },
      faults: [serverKilled(server), serverPaused(server), ...connectionFaults(proxy)],
      stop: async () => {
        await proxy.stop();
        await server.stop();
      },
    };
  },
  'redis-cluster': async () => {
    const cluster = await RedisCluster.start();
    return {
      ...shared,
      target: { store: 'redis-cluster', ports: cluster.ports },
      faults: clusterFaults(cluster),
      stop: () => cluster.stop(),
    };
  },
  'redis-sentinel': async () => {
    const sentinels = await RedisSentinels.start(DOWN_AFTER_MS);
    const ports = sentinels.sentinels.map(({ port }) => port);
    return {
      ...shared,
      target: { store: 'redis-sentinel', ports, name: sentinels.name },
      faults: sentinelFaults(sentinels),
      failovers: () => sentinels.failovers(),
      stop: () => sentinels.stop(),
    };
  },
  postgresql: () => sqlPlace('postgresql', () => PostgresServer.start()),
  mariadb: () => sqlPlace('mariadb', () => MariaDbServer.start()),
  sqlite: async () => {
    const file = await SqliteFile.start();
    return {
      ...shared,
      node: await nodeWithSqlite(),
      target: { store: 'sqlite', path: file.connection },
      faults: [],
      stop: () => file.stop(),
    };
  },
};

async function sqlPlace(
  store: 'postgresql' | 'mariadb',
  start: () => Promise<SqlServer & { readonly connection: SqlAddress }>,
): Promise<Place> {
  const server = await start();
  const proxy = await ReplyCutter.start(server.port);
  return {
    ...shared,
    target: { store, connection: { ...server.connection, port: proxy.port } },
    faults: [serverKilled(server), ...connectionFaults(proxy)],
    stop: async () => {
      await proxy.stop();
      await server.stop();
    },
  };
}

/** Node 22 is the first with SQLite. */
async function nodeWithSqlite(): Promise<string> {
  if (isBuiltin('node:sqlite')) return process.execPath;
  const { stdout } = await run('npx', ['--yes', '--package=node@22', '--', 'node', '-p', 'process.execPath']);
  return stdout.trim();
}
