import { Invalidations } from './invalidations.js';
import { NearEntries } from './near-entries.js';
import { invalid, type ResolvedNearCache, refuseNearCache } from './near-options.js';
import { asOwnWrite, isBeingWritten, onOwnWrite } from './own-writes.js';
import { isIoRedis, type RedisClient, type RedisCommand, type SendToRedis } from './redis-client.js';
import { type RedisText, replyText } from './redis-read.js';

/** Where the near caches of a process are, by their clients and subscribers. */
const REGISTRY = Symbol.for('next-app-session.near-caches-by-client');

/**
 * Records in this process's memory, by their names in Redis. They are kept true by what Redis says of changes, and by what this process
 * writes itself. Nothing is kept while Redis may not say what changes. Whatever happens, none is older than `maxAge`.
 */
export class NearCache {
  /** What the client puts before every key. */
  readonly #keyPrefix: string;
  readonly #entries: NearEntries;
  readonly #invalidations: Invalidations;

  private constructor(client: RedisClient, options: ResolvedNearCache, prefix: string) {
    this.#keyPrefix = (isIoRedis(client) && client.options?.keyPrefix) || '';
    const entries = new NearEntries(options.max);
    this.#entries = entries;
    let forgetWrites = () => {};
    this.#invalidations = new Invalidations(client, options.subscriber, prefix, this.#keyPrefix, {
      live: () => {
        forgetWrites = onOwnWrite(entries);
      },
      changed: (name) => (name === null ? entries.dropAll() : entries.drop(name)),
      broken: () => {
        forgetWrites();
        entries.dropAll();
      },
    });
  }

  /**
   * Returns the near cache of a client. Redis tells of one connection's reads in one place, so stores that share a client share it: with
   * the subscriber and the size that the first of them asked for. Next loads the module of a store several times.
   *
   * @throws ERR_SESSION_OPTIONS for a client that cannot have one, and if another client has its subscriber.
   */
  static of(client: RedisClient, options: ResolvedNearCache, prefix: string): NearCache {
    refuseNearCache(client, options);
    const registry = globalThis as { [REGISTRY]?: WeakMap<RedisClient, NearCache> };
    registry[REGISTRY] ??= new WeakMap();
    const caches = registry[REGISTRY];
    const known = caches.get(client);
    if (known) return known;
    const { subscriber } = options;
    // A start leaves the channel for a moment, in which the other cache would miss messages.
    if (subscriber && caches.has(subscriber))
      throw invalid('.subscriber', 'give each client another one, since another client has this one');
    const cache = new NearCache(client, options, prefix);
    for (const its of subscriber ? [client, subscriber] : [client]) caches.set(its, cache);
    return cache;
  }

  /**
   * Returns what a read found a moment ago, unless it has changed or is larger than `maxBytes`.
   *
   * @param maxAgeMs how long ago the read may have been sent.
   * @param write sends a command over the client's connection.
   */
  get(
    key: string,
    maxAgeMs: number,
    maxBytes: number | undefined,
    write: SendToRedis,
  ): RedisText | undefined {
    this.#invalidations.lookAfter(write);
    const value = this.#entries.get(this.#keyPrefix + key, maxAgeMs);
    return value && value.size > (maxBytes ?? Number.POSITIVE_INFINITY) ? undefined : value;
  }

  /** Sends commands as `send` does, over the client's connection. Keeps what reads find, and forgets what is written. */
  watch(send: SendToRedis): SendToRedis {
    return (key, command, first) => {
      const name = this.#keyPrefix + key;
      const isRead = !first && (command[0] === 'GETRANGE' || command[0] === 'GET');
      if (!isRead) return asOwnWrite(name, () => send(key, command, first));
      if (!this.#invalidations.isLive || isBeingWritten(name)) return send(key, command);
      return this.#read(name, key, command, send);
    };
  }

  async #read(name: string, key: string, command: RedisCommand, send: SendToRedis): Promise<unknown> {
    const read = this.#entries.begin(name);
    let found: RedisText | null = null;
    try {
      const reply = await send(key, command);
      found = replyText(reply, command);
      return reply;
    } finally {
      if (read) this.#entries.end(name, read, found);
    }
  }
}
