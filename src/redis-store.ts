import { createHash, randomBytes } from 'node:crypto';
import { isPromiseLike } from './promise-like.js';
import { recordTime } from './record-time.js';
import {
  isIoRedis,
  type RedisClient,
  type RedisCommand,
  type RedisReply,
  type RedisSender,
  redisSender,
} from './redis-client.js';
import { READ_AND_SLIDE, REMOVE, type RedisScript, SWAP } from './redis-script.js';
import type { AtomicStore, LoadOptions, SessionRecord, Versioned } from './store.js';
import { currentTime } from './surroundings.js';

/** Turns records into text and back. Either may be async, to encrypt for instance. */
export interface Serializer {
  stringify(record: object): string | Promise<string>;
  parse(text: string): unknown;
}

export interface RedisStoreOptions {
  /**
   * A connected client of ioredis 5 or 6 (`Redis`, by Sentinel too, or `Cluster`) or of the redis package 5 or 6
   * (client or cluster). Give it an `error` listener and no offline queue (ioredis `enableOfflineQueue: false`,
   * redis `disableOfflineQueue: true`), so that a write that failed does not happen later.
   */
  client: RedisClient;
  /** What every key starts with. @default 'sess:' */
  prefix?: string | undefined;
  /** @default JSON */
  serializer?: Serializer | undefined;
}

const DAY_MS = 86_400_000;

/** How long a staged value outlives a swap that never came. */
const STAGING_MS = '10000';

/**
 * Keeps sessions in Redis (2.6.12 or later) or Valkey, for any number of processes: one round trip a call, a time
 * to live on every key, and no update lost.
 *
 * What a client's traces show of it are keys, which hold a hash of the session ID, and times: the data travels as
 * the value of SET, which traces leave out.
 */
export class RedisStore implements AtomicStore {
  readonly name = 'redis';
  readonly hashIds = true;
  readonly #redis: RedisSender;
  readonly #prefix: string;
  readonly #serializer: Serializer;
  /** Whether keys are tagged for their slot: where the client adds a prefix that the staging key cannot know. */
  readonly #tagged: boolean;
  /** Goes into each value, unguessable, so that the digest of a value tells nothing about its data. */
  readonly #nonce = randomBytes(12).toString('base64url');
  #writes = 0;

  constructor({ client, prefix = 'sess:', serializer = JSON }: RedisStoreOptions) {
    this.#redis = redisSender(client);
    this.#prefix = prefix;
    this.#serializer = serializer;
    this.#tagged = isIoRedis(client) && client.isCluster === true && Boolean(client.options?.keyPrefix);
  }

  async get(id: string): Promise<SessionRecord | null> {
    const key = this.#key(id);
    const value = await this.#redis.send(key, ['GET', key]);
    return value === null ? null : this.#parse(value);
  }

  async load(id: string, { idleMs }: LoadOptions): Promise<Versioned | null> {
    const key = this.#key(id);
    const reply = await this.#run(READ_AND_SLIDE, [key], [String(idleMs)]);
    if (!Array.isArray(reply)) return null;
    const [value, left] = reply;
    const text = String(value);
    const parsed = this.#parse(text);
    const record = isPromiseLike(parsed) ? await parsed : parsed;
    return record && { record, version: text, leftMs: Number(left), size: Buffer.byteLength(text) };
  }

  async set(id: string, record: SessionRecord): Promise<void> {
    const key = this.#key(id);
    const ttl = ttlMs(record);
    if (ttl <= 0) await this.#redis.send(key, ['DEL', key]);
    else await this.#redis.send(key, ['SET', key, await this.#format(record), 'PX', String(ttl)]);
  }

  async swap(id: string, expected: string | null, record: SessionRecord): Promise<string | null> {
    const key = this.#key(id);
    const ttl = ttlMs(record);
    const digest = expected === null ? '' : sha1(expected);
    if (ttl <= 0) return (await this.#run(REMOVE, [key], [digest])) === 1 ? '' : null;
    const value = await this.#format(record);
    const staging = this.#stagingKey(key);
    const stage: RedisCommand = ['SET', staging, value, 'PX', STAGING_MS];
    const swapped = await this.#run(SWAP, [key, staging], [digest, String(ttl)], stage);
    return swapped === 1 ? value : null;
  }

  async destroy(id: string): Promise<void> {
    const key = this.#key(id);
    await this.#redis.send(key, ['DEL', key]);
  }

  async touch(id: string, record: SessionRecord): Promise<void> {
    const key = this.#key(id);
    await this.#redis.send(key, ['PEXPIRE', key, String(ttlMs(record))]);
  }

  // --- keys and values --------------------------------------------------------------------------------------

  #key(id: string): string {
    return this.#tagged ? `${this.#prefix}{${id}}` : this.#prefix + id;
  }

  /** A key of the same slot as `key`, for one write. */
  #stagingKey(key: string): string {
    const unique = `${this.#nonce}.${++this.#writes}`;
    return key.includes('{') ? `${key}:${unique}` : `{${key}}:${unique}`;
  }

  async #format(record: SessionRecord): Promise<string> {
    const nonce = `${this.#nonce}.${++this.#writes}`;
    return this.#serializer.stringify({ ...record, __session: { ...record.__session, nonce } });
  }

  /** A value that is no JSON is no record: an error would meet its visitor at every request. */
  #parse(value: unknown): SessionRecord | null | Promise<SessionRecord | null> {
    try {
      const record = this.#serializer.parse(String(value)) as SessionRecord | PromiseLike<SessionRecord>;
      return isPromiseLike(record) ? Promise.resolve(record).catch(nullIfNoJson) : record;
    } catch (error) {
      return nullIfNoJson(error);
    }
  }

  // --- commands ---------------------------------------------------------------------------------------------

  /** Runs a script by its hash, after `first` in the same round trip; in full where the server does not know it. */
  #run(
    script: RedisScript,
    keys: readonly [string, ...string[]],
    args: readonly string[],
    first?: RedisCommand,
  ): Promise<unknown> {
    const [key] = keys;
    const rest = [String(keys.length), ...keys, ...args];
    const byHash: RedisCommand = ['EVALSHA', script.sha1, ...rest];
    const reply = first ? this.#sendBoth(key, first, byHash) : this.#redis.send(key, byHash);
    return reply.catch((error) => {
      if (!String(error).includes('NOSCRIPT')) throw error;
      return this.#redis.send(key, ['EVAL', script.source, ...rest]);
    });
  }

  /** The reply to `second`; neither may fail. */
  async #sendBoth(key: string, first: RedisCommand, second: RedisCommand): Promise<unknown> {
    const [before, reply] = await this.#redis.sendAll(key, [first, second]);
    unwrap(before);
    return unwrap(reply);
  }
}

function nullIfNoJson(error: unknown): null {
  if (error instanceof SyntaxError) return null;
  throw error;
}

function ttlMs({ cookie }: SessionRecord): number {
  const until = recordTime(cookie?.expires);
  if (until === null || Number.isNaN(until)) return Math.ceil(cookie?.originalMaxAge ?? DAY_MS);
  return Math.ceil(until - currentTime());
}

function sha1(value: string): string {
  return createHash('sha1').update(value).digest('hex');
}

function unwrap(reply: RedisReply | undefined): unknown {
  if (reply && 'error' in reply) throw reply.error;
  return reply?.value;
}
