import { SessionError } from '../../lib/errors.js';

/** A client of ioredis 5 or 6, as RedisStore uses it: `Redis` (also with Sentinel) or `Cluster`. */
export interface IoRedisClient {
  call(command: string, args: string[]): Promise<unknown>;
  pipeline(commands: (string | number)[][]): { exec(): Promise<[Error | null, unknown][] | null> };
  readonly isCluster?: boolean;
  readonly options?: { readonly keyPrefix?: string | undefined };
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

/** A client that RedisStore accepts. */
export type RedisClient = IoRedisClient | NodeRedisClient | NodeRedisCluster;

/** A command and its arguments. */
export type RedisCommand = readonly [name: string, ...args: string[]];

/**
 * Sends a command and returns its reply. If `first` is given, it is sent before the command in the same round
 * trip. Rejects if one of the two fails. `key` is a key in the slot of both.
 */
export type SendToRedis = (key: string, command: RedisCommand, first?: RedisCommand) => Promise<unknown>;

/**
 * Returns a function that sends commands by this client. Recognises the client by its methods, so that
 * neither library has to be installed.
 *
 * @throws ERR_SESSION_OPTIONS for any other object.
 */
export function redisSender(client: RedisClient): SendToRedis {
  if (isIoRedis(client)) return ioRedisSender(client);
  if (isNodeRedisCluster(client))
    return nodeRedisSender((key, command) => client.sendCommand(key, false, command));
  if (isNodeRedis(client)) return nodeRedisSender((_, command) => client.sendCommand(command));
  throw new SessionError(
    'ERR_SESSION_OPTIONS',
    'RedisStore option client: give a client or cluster of ioredis (5 or 6) or of the redis package ' +
      '(5 or 6).',
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

/** ioredis takes names of commands in lower case. A pipeline for a single command would double its cost. */
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

/** node-redis sends all commands of one tick in one write, and gets their replies in order. */
function nodeRedisSender(sendCommand: (key: string, command: string[]) => Promise<unknown>): SendToRedis {
  const send = (key: string, command: RedisCommand) => sendCommand(key, [...command]);
  return (key, command, first) => {
    if (!first) return send(key, command);
    return Promise.all([send(key, first), send(key, command)]).then(([, reply]) => reply);
  };
}
