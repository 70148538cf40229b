import { Cluster, Redis } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5';
import type { RedisClient } from 'next-app-session/redis';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import {
  createClient as createClient5,
  createClientPool as createClientPool5,
  createCluster as createCluster5,
  createSentinel as createSentinel5,
} from 'redis5';

export interface Connection {
  readonly client: RedisClient;
  close(): void;
}

/** Whom a connection is for. By default the user that may do all. */
export type Login = { readonly username: string; readonly password: string } | Record<string, never>;

export interface ClientKind {
  readonly name: string;
  open(ports: readonly number[], login?: Login): Promise<Connection>;
}

/**
 * What docs/stores.md tells to set: no queue while there is no connection, so that a write fails at once instead of
 * happening much later, and a reconnect that never gives up.
 */
export const ioredisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  retryStrategy: (attempt: number) => Math.min(attempt * 50, 500),
};
const nodeRedisOptions = {
  disableOfflineQueue: true,
  socket: { reconnectStrategy: (retries: number) => Math.min((retries + 1) * 50, 500) },
};
const ioredisClusterOptions = {
  enableOfflineQueue: false,
  clusterRetryStrategy: (attempt: number) => Math.min(attempt * 50, 500),
};

const nodeRedisSentinelOptions = {
  maxCommandRediscovers: 0,
  nodeClientOptions: nodeRedisOptions,
};
/** Several connections from the start, so that commands can overtake each other. */
const poolOptions = { minimum: 4, maximum: 8 };

const ignore = () => {};

/** Clients of one server. */
export const singleClients: readonly ClientKind[] = [
  {
    name: 'ioredis 6',
    open: async ([port], login) => fromIoRedis(new Redis({ ...ioredisOptions, ...login, port: port ?? 0 })),
  },
  {
    name: 'ioredis 5',
    open: async ([port], login) => fromIoRedis(new Redis5({ ...ioredisOptions, ...login, port: port ?? 0 })),
  },
  {
    name: 'node-redis 6',
    open: async ([port], login) => {
      const client = createClient({ ...nodeRedisOptions, ...login, url: `redis://127.0.0.1:${port}` }).on(
        'error',
        ignore,
      );
      await client.connect();
      return { client, close: () => client.destroy() };
    },
  },
  {
    name: 'node-redis 5',
    open: async ([port], login) => {
      const client = createClient5({ ...nodeRedisOptions, ...login, url: `redis://127.0.0.1:${port}` }).on(
        'error',
        ignore,
      );
      await client.connect();
      return { client, close: () => client.destroy() };
    },
  },
  {
    name: 'node-redis 6 pool',
    open: async ([port], login) => {
      const options = { ...nodeRedisOptions, ...login, url: `redis://127.0.0.1:${port}` };
      const client = createClientPool(options, poolOptions).on('error', ignore);
      await client.connect();
      return { client, close: () => client.destroy() };
    },
  },
  {
    name: 'node-redis 5 pool',
    open: async ([port], login) => {
      const options = { ...nodeRedisOptions, ...login, url: `redis://127.0.0.1:${port}` };
      const client = createClientPool5(options, poolOptions).on('error', ignore);
      await client.connect();
      return { client, close: () => client.destroy() };
    },
  },
];

const nodes = (ports: readonly number[]) => ports.map((port) => ({ host: '127.0.0.1', port }));
const rootNodes = (ports: readonly number[]) => ports.map((port) => ({ url: `redis://127.0.0.1:${port}` }));

export interface ClusterKind extends ClientKind {
  /**
   * Whether it learns by itself that another node took over from one that died. The cluster of node-redis 5 asks for
   * the new layout only when a node tells it to, so when the dead one is back.
   */
  readonly followsFailover: boolean;
}

/**
 * A client of a cluster that never sends a write again whose connection was lost: the first one may have taken effect. In return
 * it fails where a connection to a node is not there yet.
 */
export const onceOnlyCluster: ClusterKind = {
  name: 'ioredis 6 Cluster, each write once',
  followsFailover: true,
  open: async (ports) =>
    fromIoRedis(new Cluster(nodes(ports), { ...ioredisClusterOptions, retryDelayOnFailover: 0 })),
};

/** Clients of a cluster. */
export const clusterClients: readonly ClusterKind[] = [
  {
    name: 'ioredis 6 Cluster',
    followsFailover: true,
    open: async (ports, login) =>
      fromIoRedis(new Cluster(nodes(ports), { ...ioredisClusterOptions, redisOptions: { ...login } })),
  },
  {
    name: 'ioredis 5 Cluster',
    followsFailover: true,
    open: async (ports, login) =>
      fromIoRedis(new Cluster5(nodes(ports), { ...ioredisClusterOptions, redisOptions: { ...login } })),
  },
  {
    name: 'node-redis 6 cluster',
    followsFailover: true,
    open: async (ports, login) => {
      const client = createCluster({
        rootNodes: rootNodes(ports),
        defaults: { ...nodeRedisOptions, ...login },
      }).on('error', ignore);
      await client.connect();
      return { client, close: () => client.destroy() };
    },
  },
  {
    name: 'node-redis 5 cluster',
    followsFailover: false,
    open: async (ports, login) => {
      const client = createCluster5({
        rootNodes: rootNodes(ports),
        defaults: { ...nodeRedisOptions, ...login },
      }).on('error', ignore);
      await client.connect();
      return { client, close: () => client.destroy() };
    },
  },
];

/** Clients that ask Sentinels for the primary. */
export const sentinelClients: readonly {
  name: string;
  open(ports: readonly number[], master: string): Promise<Connection>;
}[] = [
  {
    name: 'ioredis 6 by Sentinel',
    open: async (ports, name) => fromIoRedis(new Redis({ ...ioredisOptions, sentinels: nodes(ports), name })),
  },
  {
    name: 'ioredis 5 by Sentinel',
    open: async (ports, name) =>
      fromIoRedis(new Redis5({ ...ioredisOptions, sentinels: nodes(ports), name })),
  },
  {
    name: 'node-redis 6 by Sentinel',
    open: async (ports, name) => {
      const options = { name, sentinelRootNodes: nodes(ports), ...nodeRedisSentinelOptions };
      const client = createSentinel(options).on('error', ignore);
      await client.connect();
      return { client, close: () => void client.destroy() };
    },
  },
  {
    name: 'node-redis 5 by Sentinel',
    open: async (ports, name) => {
      const options = { name, sentinelRootNodes: nodes(ports), ...nodeRedisSentinelOptions };
      const client = createSentinel5(options).on('error', ignore);
      await client.connect();
      return { client, close: () => void client.destroy() };
    },
  },
];

/** What all four classes have; their own types of `once` do not go together. */
interface Connecting {
  readonly status: string;
  on(event: string, listener: () => void): unknown;
  once(event: string, listener: () => void): unknown;
  disconnect(): void;
}

/** Waits until it is ready, as an app does with the first request. */
export async function fromIoRedis(client: RedisClient & Connecting): Promise<Connection> {
  client.on('error', ignore);
  if (client.status !== 'ready') await new Promise<void>((resolve) => client.once('ready', resolve));
  return { client, close: () => client.disconnect() };
}
