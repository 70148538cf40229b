import { SessionError } from '../../lib/errors.js';
import { isObject } from '../../lib/json.js';
import { refuseUnknown } from '../../lib/unknown-option.js';
import { type NearCacheOptions, type ResolvedNearCache, resolveNearCache } from './near-options.js';
import type { RedisClient } from './redis-client.js';
import { isUpstash } from './upstash.js';

/**
 * Turns records into text and back. Both methods may be async, for example to encrypt. A record is JSON: what the app set as a
 * `Date` is a string in it already, so no serializer can bring it back.
 */
export interface Serializer {
  /**
   * Returns the text of a record. If it runs out of stack (`RangeError`), the write throws `ERR_SESSION_DATA`. Any other error
   * makes the call of the store fail.
   */
  stringify(record: object): string | Promise<string>;
  /**
   * Returns the record of a text. If it throws a `SyntaxError`, as `JSON.parse` does, or a `RangeError`, the record cannot be
   * read: its visitor has no session, and `onEvent` gets `record_rejected`. Any other error makes the call of the store fail.
   */
  parse(text: string): unknown;
}

/** Options of `RedisStore`. */
export interface RedisStoreOptions {
  /**
   * A connected client of ioredis 5 or 6 (`Redis`, also with Sentinel, or `Cluster`), or of the redis package
   * 5 or 6 (client, pool, cluster or Sentinel). Give it an `error` listener: without one the redis package ends the process.
   * Turn off its offline queue, so that a write that failed does not happen later: ioredis has
   * `enableOfflineQueue: false`, the redis package `disableOfflineQueue: true`.
   *
   * Or a client of @upstash/redis 1.36 or later (`Redis`), which sends commands over HTTP and needs no connection.
   */
  client: RedisClient;
  /**
   * What every key starts with. A `keyPrefix` of ioredis comes before it. Braces make a hash tag, which keeps all sessions in one
   * slot of a cluster. @default 'sess:'
   */
  prefix?: string | undefined;
  /** Turns records into text and back. @default JSON */
  serializer?: Serializer | undefined;
  /**
   * Answers most reads from this process's memory, which Redis keeps true: it says what has changed (docs/redis.md#near-cache). No read is
   * older than `maxAge`. For a client with one connection: `Redis` of ioredis, also with Sentinel, and `createClient` of the redis
   * package. `{}` turns it on. @default off
   */
  nearCache?: NearCacheOptions | undefined;
}

/** The options, checked and with their defaults. */
export interface ResolvedRedisOptions {
  /** Not checked yet: that is for who recognises clients. */
  readonly client: RedisClient;
  readonly prefix: string;
  readonly serializer: Serializer | undefined;
  readonly nearCache: ResolvedNearCache | null;
}

const KNOWN: readonly (keyof RedisStoreOptions)[] = ['client', 'prefix', 'serializer', 'nearCache'];

const OF_SESSION = 'It is an option of nextAppSession';
const OF_CLIENT = 'Make a client with it, and pass that as client';

/** Those of connect-redis, and what belongs into another place. */
const TRANSLATIONS = {
  ttl: 'Use idleTimeout and absoluteTimeout of nextAppSession, in seconds',
  disableTouch: 'Leave it out: touchAfter of nextAppSession says how often a session is slid',
  disableTTL: 'Leave it out: every session ends, by idleTimeout of nextAppSession',
  scanCount: 'Leave it out: RedisStore scans no keys',
  idleTimeout: OF_SESSION,
  absoluteTimeout: OF_SESSION,
  touchAfter: OF_SESSION,
  hashIds: OF_SESSION,
  secret: OF_SESSION,
  url: OF_CLIENT,
  host: OF_CLIENT,
  port: OF_CLIENT,
  socket: OF_CLIENT,
  username: OF_CLIENT,
  password: OF_CLIENT,
  token: OF_CLIENT,
};

/** No brace, or a hash tag before all others: another brace would put the keys of a session into several slots. */
const PREFIX = /^[^{}]*(\{[^{}]+\}.*)?$/s;

/** Returns the options with their defaults. Throws ERR_SESSION_OPTIONS for a bad one. */
export function resolveRedisOptions(options: RedisStoreOptions): ResolvedRedisOptions {
  if (!isObject(options) || 'sendCommand' in options || isUpstash(options)) {
    throw invalid('client', 'pass the client in an object, new RedisStore({ client })');
  }
  refuseUnknown('RedisStore', options, KNOWN, TRANSLATIONS);
  const { client, prefix = 'sess:', serializer, nearCache } = options;
  if (typeof prefix !== 'string') throw invalid('prefix', 'give a string');
  if (!PREFIX.test(prefix))
    throw invalid('prefix', 'leave out braces, except around a hash tag as in {app}:');
  if (serializer !== undefined && !isSerializer(serializer))
    throw invalid('serializer', 'give an object with stringify and parse');
  return {
    client,
    prefix,
    serializer,
    nearCache: nearCache === undefined ? null : resolveNearCache(nearCache),
  };
}

function isSerializer(value: unknown): value is Serializer {
  return isObject(value) && typeof value.stringify === 'function' && typeof value.parse === 'function';
}

function invalid(option: keyof RedisStoreOptions, fix: string): SessionError {
  return new SessionError('ERR_SESSION_OPTIONS', `RedisStore option ${option}: ${fix}.`);
}
