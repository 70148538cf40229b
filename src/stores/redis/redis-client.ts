import { SessionError } from '../../lib/errors.js';
import { isObject } from '../../lib/json.js';
import { isPromiseLike } from '../../lib/maybe-promise.js';
import { isUpstash, type UpstashClient, upstashSender } from './upstash.js';

/** A client of ioredis 5 or 6, as RedisStore uses it: `Redis` (also with Sentinel) or `Cluster`. */
export interface IoRedisClient {
  call(command: string, args: string[]): Promise<unknown>;
  pipeline(commands: (string | number)[][]): { exec(): Promise<[Error | null, unknown][] | null> };
  readonly isCluster?: boolean;
  readonly options?: { readonly keyPrefix?: string | undefined; readonly scaleReads?: unknown };
}

/** A client of the redis package 5 or 6, as RedisStore uses it. */
export interface NodeRedisClient {
  sendCommand(command: string[]): Promise<unknown>;
}

/** A cluster of the redis package 5 or 6, as RedisStore uses it. */
export interface NodeRedisCluster {
  sendCommand(firstKey: string, isReadonly: boolean, command: string[]): Promise<unknown>;
  readonly masters: unknown;
}

/** A pool of the redis package 5 or 6 (`createClientPool`), as RedisStore uses it. */
export interface NodeRedisPool {
  sendCommand(command: string[]): Promise<unknown>;
  execute<T>(task: (client: NodeRedisClient) => Promise<T>): Promise<T>;
}

/** What the redis package 5 or 6 finds by Sentinel (`createSentinel`), as RedisStore uses it. */
export interface NodeRedisSentinel {
  sendCommand(isReadonly: boolean, command: string[]): Promise<unknown>;
  multi(): NodeRedisBatch;
  getMasterNode(): unknown;
}

/** Commands that a Sentinel client sends over one connection. */
interface NodeRedisBatch {
  addCommand(isReadonly: boolean, command: string[]): NodeRedisBatch;
  execAsPipeline(): Promise<unknown>;
}

/** A client that RedisStore accepts. */
export type RedisClient =
  | IoRedisClient
  | NodeRedisClient
  | NodeRedisCluster
  | NodeRedisPool
  | NodeRedisSentinel
  | UpstashClient;

/** A command and its arguments. */
export type RedisCommand = readonly [name: string, ...args: string[]];

/**
 * Sends a command and returns its reply. If `first` is given, it is sent before the command in the same round
 * trip. Rejects if one of the two fails. `key` is a key in the slot of both.
 */
export type SendToRedis = (key: string, command: RedisCommand, first?: RedisCommand) => Promise<unknown>;

/**
 * Returns a function that sends commands by this client. Recognises the client by its methods, so that
 * none of the libraries has to be installed.
 *
 * @throws ERR_SESSION_OPTIONS for any other object, and for a client that may not be used for sessions.
 */
export function redisSender(client: RedisClient): SendToRedis {
  if (!isObject(client)) throw notAClient(client);
  if (isIoRedis(client)) return ioRedisSender(client);
  if (isUpstash(client)) return upstashSender(client);
  if (isSentinel(client)) return sentinelSender(client);
  if (isCluster(client)) return nodeRedisSender((key, command) => client.sendCommand(key, false, command));
  if (isPool(client)) return poolSender(client);
  if (isNodeRedis(client)) return nodeRedisSender((_, command) => client.sendCommand(command));
  throw notAClient(client);
}

function notAClient(value: unknown): SessionError {
  const clients =
    'a client of ioredis 5 or 6 (Redis, Cluster), of the redis package 5 or 6 (createClient, createClientPool, ' +
    'createCluster, createSentinel) or of @upstash/redis 1.36 or later (Redis)';
  let fix = `give ${clients}`;
  if (typeof value === 'string') fix = `a URL is not enough, make ${clients} with it`;
  if (isPromiseLike(value)) fix = 'it is a promise. Wait for it (await), and pass the client';
  return new SessionError('ERR_SESSION_OPTIONS', `RedisStore option client: ${fix}.`);
}

export function isIoRedis(client: RedisClient): client is IoRedisClient {
  return 'pipeline' in client && typeof client.pipeline === 'function' && 'call' in client;
}

/** Returns whether replicas answer commands of this client that only read. */
export function readsFromReplicas(client: RedisClient): boolean {
  if (isUpstash(client)) return true;
  const { scaleReads } = (isIoRedis(client) && client.options) || {};
  return scaleReads !== undefined && scaleReads !== 'master';
}

/** Returns whether one connection has all commands of this client, in their order. */
export function sendsOverOneConnection(client: RedisClient): boolean {
  if (isIoRedis(client)) return !client.isCluster;
  return (
    isNodeRedis(client) && !isUpstash(client) && !isSentinel(client) && !isCluster(client) && !isPool(client)
  );
}

function isNodeRedis(client: RedisClient): client is NodeRedisClient {
  return 'sendCommand' in client && typeof client.sendCommand === 'function';
}

function isSentinel(client: RedisClient): client is NodeRedisSentinel {
  return isNodeRedis(client) && 'getMasterNode' in client;
}

function isCluster(client: RedisClient): client is NodeRedisCluster {
  return isNodeRedis(client) && 'masters' in client;
}

function isPool(client: RedisClient): client is NodeRedisPool {
  return isNodeRedis(client) && 'execute' in client;
}

/** ioredis takes names of commands in lower case. A pipeline for a single command would double its cost. */
function ioRedisSender(client: IoRedisClient): SendToRedis {
  const method = (command: RedisCommand) => command.with(0, command[0].toLowerCase());
  return (_, command, first) => {
    if (first)
      return client
        .pipeline([method(first), method(command)])
        .exec()
        .then(lastReply);
    return client.call(command[0].toLowerCase(), command.slice(1));
  };
}

function lastReply(replies: [Error | null, unknown][] | null): unknown {
  const [error] = replies?.find(([error]) => error) ?? [];
  if (error) throw error;
  return replies?.at(-1)?.[1];
}

/** node-redis sends all commands of one tick in one write, and gets their replies in order. */
function nodeRedisSender(sendCommand: (key: string, command: string[]) => Promise<unknown>): SendToRedis {
  const send = (key: string, command: RedisCommand) => sendCommand(key, [...command]);
  return (key, command, first) => {
    if (!first) return send(key, command);
    return Promise.all([send(key, first), send(key, command)]).then(([, reply]) => reply);
  };
}

/** A client of each pool. Only the pool itself can make one, and not while all of them are held up. */
const members = new WeakMap<NodeRedisPool, NodeRedisClient>();

/** A pool may send two commands over two connections, where the second one can overtake the first. */
function poolSender(pool: NodeRedisPool): SendToRedis {
  return (key, command, first) =>
    pool.execute((client) => {
      members.set(pool, client);
      return nodeRedisSender((_, command) => client.sendCommand(command))(key, command, first);
    });
}

/** Returns the client whose duplicate is one connection to the same server. */
export function clientToDuplicate(client: RedisClient): RedisClient | undefined {
  return isPool(client) ? members.get(client) : client;
}

/** A Sentinel client holds several connections too. `use` would wait for one that nobody shares, under load for ever. */
function sentinelSender(client: NodeRedisSentinel): SendToRedis {
  return (_, command, first) => {
    if (!first) return client.sendCommand(false, [...command]);
    const batch = client
      .multi()
      .addCommand(false, [...first])
      .addCommand(false, [...command]);
    return batch.execAsPipeline().then((replies) => (replies as unknown[])[1]);
  };
}
