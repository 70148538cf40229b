import { SessionError } from '../../lib/errors.js';

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

/** A command and its arguments. */
export type RedisCommand = readonly [name: string, ...args: string[]];

/**
 * Sends a command, after `first` in the same round trip: its reply. An error in place of either is a rejection. `key` is
 * one whose slot they belong to.
 */
export type SendToRedis = (key: string, command: RedisCommand, first?: RedisCommand) => Promise<unknown>;

/** Recognises a client by its methods, so that neither library has to be installed. */
export function redisSender(client: RedisClient): SendToRedis {
  if (isIoRedis(client)) return ioRedisSender(client);
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

/** ioredis knows its methods by their lower-case names. A pipeline of one would cost as much again as the command. */
function ioRedisSender(client: IoRedisClient): SendToRedis {
  const method = ([name, ...args]: RedisCommand): [string, ...string[]] => [name.toLowerCase(), ...args];
  return (_, command, first) => {
    if (first)
      return client
        .pipeline([method(first), method(command)])
        .exec()
        .then(lastReply);
    const [name, ...args] = method(command);
    return client.call(name, args);
  };
}

function lastReply(replies: [Error | null, unknown][] | null): unknown {
  const [error] = replies?.find(([error]) => error) ?? [];
  if (error) throw error;
  return replies?.at(-1)?.[1];
}

/** Commands that node-redis is given in one tick leave in one write, and are answered in order. */
function nodeRedisSender(sendCommand: (key: string, command: string[]) => Promise<unknown>): SendToRedis {
  const send = (key: string, command: RedisCommand) => sendCommand(key, [...command]);
  return (key, command, first) => {
    if (!first) return send(key, command);
    return Promise.all([send(key, first), send(key, command)]).then(([, reply]) => reply);
  };
}
