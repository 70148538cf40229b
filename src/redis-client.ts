import { SessionError } from './errors.js';

/** What is used of ioredis 5 or 6: `Redis` (Sentinel too) and `Cluster`. */
export interface IoRedisClient {
  call(command: string, args: string[]): Promise<unknown>;
  pipeline(commands: (string | number)[][]): { exec(): Promise<[Error | null, unknown][] | null> };
  readonly isCluster?: boolean;
  readonly options?: { readonly keyPrefix?: string | undefined };
}

/** What is used of a client of node-redis 5 or 6. */
export interface NodeRedisClient {
  sendCommand(command: string[]): Promise<unknown>;
}

/** What is used of a cluster of node-redis 5 or 6. */
export interface NodeRedisCluster {
  sendCommand(firstKey: string, isReadonly: boolean, command: string[]): Promise<unknown>;
  readonly masters: unknown;
}

export type RedisClient = IoRedisClient | NodeRedisClient | NodeRedisCluster;

/** A reply, or the error that stands in its place. */
export type RedisReply = { readonly value: unknown } | { readonly error: unknown };

/** A command and its arguments. */
export type RedisCommand = readonly [name: string, ...args: string[]];

/** Sends commands; `key` is one whose slot they belong to. */
export interface RedisSender {
  /** One command: its reply, or a rejection with the error in its place. */
  send(key: string, command: RedisCommand): Promise<unknown>;
  /** Several, in order, in one round trip. */
  sendAll(key: string, commands: readonly RedisCommand[]): Promise<RedisReply[]>;
}

/** Recognises a client by its methods, so that neither library has to be installed. */
export function redisSender(client: RedisClient): RedisSender {
  if (isIoRedis(client)) {
    return {
      // A pipeline of one would cost as much again as the command does here.
      send: (_, [name, ...args]) => client.call(name.toLowerCase(), args),
      sendAll: (_, commands) => sendPipeline(client, commands),
    };
  }
  if (isNodeRedisCluster(client))
    return nodeRedisSender((key, command) => client.sendCommand(key, false, command));
  if (isNodeRedis(client)) return nodeRedisSender((_, command) => client.sendCommand(command));
  throw new SessionError(
    'ERR_SESSION_OPTIONS',
    'RedisStore option client: give a client or cluster of ioredis (5 or 6) or of the redis package (5 or 6).',
  );
}

export function isIoRedis(client: RedisClient): client is IoRedisClient {
  return 'pipeline' in client && typeof client.pipeline === 'function' && 'call' in client;
}

function isNodeRedisCluster(client: RedisClient): client is NodeRedisCluster {
  return 'sendCommand' in client && 'masters' in client;
}

function isNodeRedis(client: RedisClient): client is NodeRedisClient {
  return 'sendCommand' in client && typeof client.sendCommand === 'function';
}

/** Commands that node-redis is given in one tick leave in one write, and are answered in order. */
function nodeRedisSender(sendCommand: (key: string, command: string[]) => Promise<unknown>): RedisSender {
  const send = (key: string, command: RedisCommand) => sendCommand(key, [...command]);
  return {
    send,
    sendAll: (key, commands) => settleAll(commands.map((command) => send(key, command))),
  };
}

async function sendPipeline(client: IoRedisClient, commands: readonly RedisCommand[]): Promise<RedisReply[]> {
  const methods = commands.map(([name, ...args]) => [name.toLowerCase(), ...args]);
  const replies = (await client.pipeline(methods).exec()) ?? [];
  return replies.map(([error, value]) => (error ? { error } : { value }));
}

async function settleAll(replies: Promise<unknown>[]): Promise<RedisReply[]> {
  const settled = await Promise.allSettled(replies);
  return settled.map((reply) =>
    reply.status === 'fulfilled' ? { value: reply.value } : { error: reply.reason },
  );
}
