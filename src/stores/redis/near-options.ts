import { SessionError } from '../../lib/errors.js';
import { hasMethod, property } from '../../lib/has-method.js';
import { isObject } from '../../lib/json.js';
import { refuseUnknown } from '../../lib/unknown-option.js';
import { type RedisClient, redisSender, sendsOverOneConnection } from './redis-client.js';

/** Options of the near cache of `RedisStore`. */
export interface NearCacheOptions {
  /**
   * The client that Redis tells what has changed. It is connected to the same server, speaks RESP 2 (ioredis 6: `protocol: 2`, the redis
   * package: `RESP: 2`) and does nothing else. You connect and close it. No other client may have it. Stores that share a client share
   * that of the first of them.
   * @default a duplicate of `client`, which is opened and closed with it
   */
  readonly subscriber?: RedisClient | undefined;
  /** How old a read may be, in seconds, from when it was sent to Redis: above 0, at most 60. @default 2 */
  readonly maxAge?: number | undefined;
  /**
   * How many records are kept. The least recently used goes first. A record above 8,192 characters is not kept, so 10,000 are at
   * most 160 MB. Of stores that share a client, that of the first counts. @default 10,000
   */
  readonly max?: number | undefined;
}

/** The options, checked and with their defaults. */
export interface ResolvedNearCache {
  readonly subscriber: RedisClient | undefined;
  readonly maxAgeMs: number;
  readonly max: number;
}

const KNOWN: readonly (keyof NearCacheOptions)[] = ['subscriber', 'maxAge', 'max'];

const MAX_AGE_S = 60;

/** Returns the options with their defaults. Throws ERR_SESSION_OPTIONS for a bad one. */
export function resolveNearCache(options: NearCacheOptions): ResolvedNearCache {
  if (typeof options !== 'object' || options === null)
    throw invalid('', 'give an object, {} for the defaults, or leave it out to turn it off');
  refuseUnknown('RedisStore nearCache', options, KNOWN, {});
  const { subscriber, maxAge = 2, max = 10_000 } = options;
  if (!(typeof maxAge === 'number' && maxAge > 0 && maxAge <= MAX_AGE_S))
    throw invalid('.maxAge', `give seconds, not milliseconds: more than 0 and at most ${MAX_AGE_S}`);
  if (!(Number.isSafeInteger(max) && max > 0)) throw invalid('.max', 'give a whole number above 0');
  return { subscriber, maxAgeMs: maxAge * 1000, max };
}

/**
 * Refuses clients that cannot be told what has changed: Redis says so for one connection.
 *
 * @throws ERR_SESSION_OPTIONS
 */
export function refuseNearCache(client: RedisClient, { subscriber }: ResolvedNearCache): void {
  // Throws for what is no client at all.
  redisSender(client);
  if (!sendsOverOneConnection(client) || !hasMethod(client, 'on')) {
    throw invalid(
      '',
      'it needs a client with one connection: Redis of ioredis, also by Sentinel, or createClient of the redis package. ' +
        'Leave it out with a cluster, a pool, createSentinel and @upstash/redis',
    );
  }
  const options = property(client, 'options');
  if (property(options, 'clientSideCache') || property(options, 'emitInvalidate'))
    throw invalid('', 'leave out clientSideCache and emitInvalidate of the client, or give another client');
  if (subscriber === undefined) {
    if (hasMethod(client, 'duplicate')) return;
    throw invalid('.subscriber', 'give a second client, since this client has no method duplicate');
  }
  const isSubscriber = isObject(subscriber) && hasMethod(subscriber, 'subscribe');
  if (subscriber === client) throw invalid('.subscriber', 'it is the client itself. Give a second one');
  if (!isSubscriber || !sendsOverOneConnection(subscriber))
    throw invalid(
      '.subscriber',
      'give a second client of ioredis or the redis package, that does nothing else',
    );
}

export function invalid(option: string, fix: string): SessionError {
  return new SessionError('ERR_SESSION_OPTIONS', `RedisStore option nearCache${option}: ${fix}.`);
}
