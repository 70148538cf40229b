import { isOutOfStack, tooDeep } from '../../lib/json.js';
import { isPromiseLike, type MaybePromise, mapMaybe } from '../../lib/maybe-promise.js';
import { isUnreadableText } from '../../record/record-text.js';
import { msToLive } from '../../record/time-to-live.js';
import {
  type CallOptions,
  type CompareAndSwap,
  callOptions,
  type LoadedRecord,
  type ReadOptions,
  type SessionRecord,
  type Store,
  type UserIndex,
} from '../../store-contract/store.js';
import { unreadableRecord } from '../../store-contract/unreadable.js';
import { NearCache } from './near-cache.js';
import { isIoRedis } from './redis-client.js';
import { type RedisStoreOptions, resolveRedisOptions, type Serializer } from './redis-options.js';
import { type RedisText, readCommand, replyValue } from './redis-read.js';
import { RedisSwap } from './redis-swap.js';
import { RedisTraffic } from './redis-traffic.js';
import { RedisUserIndex } from './redis-user-index.js';

/**
 * A store that keeps sessions in Redis 6.2 or later, or in Valkey, for any number of processes. A read or
 * write is one round trip, every session has a time to live, and no update is lost.
 *
 * Traces of the Redis client show keys, which hold a hash of the session ID, and times. They do not show
 * data: it is sent with SET, of which traces show only the key.
 *
 * @throws ERR_SESSION_OPTIONS for a bad option, and for one that does not exist.
 * @example
 * export const session = nextAppSession({
 *   secret: process.env.SESSION_SECRET,
 *   store: new RedisStore({ client }),
 * });
 */
export class RedisStore implements Store {
  readonly name = 'redis';
  readonly hashIds = true;
  readonly expiry = 'store';
  readonly users: UserIndex;
  readonly atomic: CompareAndSwap = {
    load: (id, options) => this.#load(id, options),
    swap: (id, expected, record, options) => this.#swap(id, expected, record, options),
  };
  /** As in its options. */
  readonly serializer: Serializer | undefined;
  readonly #near: NearCache | null;
  readonly #maxAgeMs: number;
  readonly #redis: RedisTraffic;
  readonly #swaps: RedisSwap;
  readonly #prefix: string;
  /**
   * Whether keys have a hash tag. In a cluster, the prefix of a client would otherwise put a record and its
   * staged value into two slots.
   */
  readonly #hasTags: boolean;

  constructor(options: RedisStoreOptions) {
    const { client, prefix, serializer, nearCache } = resolveRedisOptions(options);
    this.#near = nearCache && NearCache.of(client, nearCache, prefix);
    this.#maxAgeMs = nearCache?.maxAgeMs ?? 0;
    this.#redis = new RedisTraffic(client, this.#near);
    this.#swaps = new RedisSwap(client, this.#redis.write, prefix);
    this.#prefix = prefix;
    this.serializer = serializer;
    this.#hasTags = isIoRedis(client) && client.isCluster === true && Boolean(client.options?.keyPrefix);
    this.users = new RedisUserIndex(this.#redis, prefix, {
      keyOf: (id) => this.#key(id),
      parse: (value) => this.#parse(value),
    });
  }

  async get(id: string, { maxBytes }: Partial<ReadOptions> = {}): Promise<SessionRecord | null> {
    const key = this.#key(id);
    const value = replyValue(await this.#redis.read(key, readCommand(key, maxBytes)), maxBytes);
    if (value === null) return null;
    const record = value.is === 'text' ? await this.#parse(value.text) : null;
    if (!record) throw unreadableRecord();
    return record;
  }

  async set(id: string, record: SessionRecord, options = callOptions()): Promise<void> {
    const key = this.#key(id);
    const ttl = msToLive(record, options.now);
    if (ttl <= 0) await this.#redis.write(key, ['DEL', key]);
    else await this.#redis.write(key, ['SET', key, await this.#format(record), 'PX', String(ttl)]);
  }

  async destroy(id: string): Promise<void> {
    const key = this.#key(id);
    await this.#redis.write(key, ['DEL', key]);
  }

  async touch(id: string, record: SessionRecord, options = callOptions()): Promise<void> {
    const key = this.#key(id);
    await this.#redis.write(key, ['PEXPIRE', key, String(msToLive(record, options.now))]);
  }

  // --- compare and swap ------------------------------------------------------------------------------------

  #load(id: string, options: ReadOptions): MaybePromise<LoadedRecord | null> {
    const key = this.#key(id);
    const near = options.near && this.#near?.get(key, this.#maxAgeMs, options.maxBytes, this.#redis.write);
    return near ? this.#loadNear(key, near, options) : this.#loadStored(key, options);
  }

  /** A record may have ended since it was read. Redis deletes it then, and may say so late. */
  #loadNear(
    key: string,
    { text: version, size }: RedisText,
    options: ReadOptions,
  ): MaybePromise<LoadedRecord | null> {
    return mapMaybe(this.#parse(version), (record) =>
      record && msToLive(record, options.now) > 0
        ? { record, version, size, source: 'near_cache' as const }
        : this.#loadStored(key, options),
    );
  }

  #loadStored(key: string, { maxBytes }: ReadOptions): Promise<LoadedRecord | null> {
    return this.#redis.read(key, readCommand(key, maxBytes)).then((reply) => {
      const value = replyValue(reply, maxBytes);
      if (value === null) return null;
      const { size } = value;
      if (value.is === 'tooLarge') return { record: null, unreadable: true, version: '', size };
      const version = value.text;
      return mapMaybe(this.#parse(version), (record) =>
        record ? { record, version, size } : { record, unreadable: true, version, size },
      );
    });
  }

  async #swap(
    id: string,
    expected: string | null,
    record: SessionRecord,
    options: CallOptions,
  ): Promise<string | null> {
    const key = this.#key(id);
    const ttl = msToLive(record, options.now);
    if (ttl <= 0) return (await this.#swaps.remove(key, expected)) ? '' : null;
    const formatted = this.#format(record);
    const value = typeof formatted === 'string' ? formatted : await formatted;
    const isWritten =
      expected === null
        ? await this.#swaps.create(key, value, String(ttl))
        : await this.#swaps.replace(key, expected, value, String(ttl));
    return isWritten ? value : null;
  }

  // --- keys and values -------------------------------------------------------------------------------------

  #key(id: string): string {
    return this.#hasTags ? `${this.#prefix}{${id}}` : this.#prefix + id;
  }

  #format(record: SessionRecord): MaybePromise<string> {
    try {
      const text = (this.serializer ?? JSON).stringify(record);
      return isPromiseLike(text) ? Promise.resolve(text).catch(dataError) : text;
    } catch (error) {
      return dataError(error);
    }
  }

  /** Returns null for a value that cannot be read: an error would make every request of its visitor fail. */
  #parse(text: string): MaybePromise<SessionRecord | null> {
    try {
      const record = (this.serializer ?? JSON).parse(text) as SessionRecord | PromiseLike<SessionRecord>;
      return isPromiseLike(record) ? Promise.resolve(record).catch(nullIfNoRecord) : record;
    } catch (error) {
      return nullIfNoRecord(error);
    }
  }
}

function nullIfNoRecord(error: unknown): null {
  if (isUnreadableText(error)) return null;
  throw error;
}

function dataError(error: unknown): never {
  throw isOutOfStack(error) ? tooDeep() : error;
}
