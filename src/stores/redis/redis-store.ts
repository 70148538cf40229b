import { randomBytes } from 'node:crypto';
import { digest } from '../../lib/digest.js';
import { isPromiseLike, type MaybePromise, mapMaybe } from '../../lib/maybe-promise.js';
import { recordTime } from '../../record/record-time.js';
import {
  type CallOptions,
  type CompareAndSwap,
  callOptions,
  type LoadedRecord,
  type LoadOptions,
  type SessionRecord,
  type Store,
  type UserIndex,
} from '../../store-contract/store.js';
import {
  isIoRedis,
  type RedisClient,
  type RedisCommand,
  redisSender,
  type SendToRedis,
} from './redis-client.js';
import { REMOVE, runScript, SWAP } from './redis-script.js';
import { RedisUserIndex } from './redis-user-index.js';

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
 * Keeps sessions in Redis (6.2 or later) or Valkey, for any number of processes: one round trip a call, a time
 * to live on every session, and no update lost.
 *
 * What a client's traces show of it are keys, which hold a hash of the session ID, and times: the data travels as
 * the value of SET, which traces leave out.
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
  readonly #send: SendToRedis;
  readonly #prefix: string;
  readonly #serializer: Serializer;
  /** Whether keys are tagged for their slot: where the client adds a prefix that the staging key cannot know. */
  readonly #tagged: boolean;
  /** Goes into each value, unguessable, so that the digest of a value tells nothing about its data. */
  readonly #nonce = randomBytes(12).toString('base64url');
  #writes = 0;

  constructor({ client, prefix = 'sess:', serializer = JSON }: RedisStoreOptions) {
    this.#send = redisSender(client);
    this.#prefix = prefix;
    this.#serializer = serializer;
    this.#tagged = isIoRedis(client) && client.isCluster === true && Boolean(client.options?.keyPrefix);
    this.users = new RedisUserIndex(this.#send, prefix, {
      keyOf: (id) => this.#key(id),
      parse: (value) => this.#parse(value),
    });
  }

  async get(id: string): Promise<SessionRecord | null> {
    const key = this.#key(id);
    const value = await this.#send(key, ['GET', key]);
    return value === null ? null : this.#parse(value);
  }

  async set(id: string, record: SessionRecord, options = callOptions()): Promise<void> {
    const key = this.#key(id);
    const ttl = ttlMs(record, options);
    if (ttl <= 0) await this.#send(key, ['DEL', key]);
    else await this.#send(key, ['SET', key, await this.#format(record), 'PX', String(ttl)]);
  }

  async destroy(id: string): Promise<void> {
    const key = this.#key(id);
    await this.#send(key, ['DEL', key]);
  }

  async touch(id: string, record: SessionRecord, options = callOptions()): Promise<void> {
    const key = this.#key(id);
    await this.#send(key, ['PEXPIRE', key, String(ttlMs(record, options))]);
  }

  // --- compare and swap -------------------------------------------------------------------------------------

  #load(id: string, { slideMs }: LoadOptions): Promise<LoadedRecord | null> {
    const key = this.#key(id);
    const command: RedisCommand =
      slideMs === undefined ? ['GET', key] : ['GETEX', key, 'PX', String(slideMs)];
    return this.#send(key, command).then((value) => {
      if (value === null) return null;
      const version = String(value);
      return mapMaybe(this.#parse(version), (record) => {
        if (!record) return null;
        const leftMs = slideMs === undefined ? undefined : this.#restoreLifetime(key, record, slideMs);
        return { record, version, leftMs, size: Buffer.byteLength(version) };
      });
    });
  }

  async #swap(
    id: string,
    expected: string | null,
    record: SessionRecord,
    options: CallOptions,
  ): Promise<string | null> {
    const key = this.#key(id);
    const ttl = ttlMs(record, options);
    const version = expected === null ? '' : digest('sha1', expected, 'hex');
    if (ttl <= 0) return (await runScript(this.#send, REMOVE, [key], [version])) === 1 ? '' : null;
    const formatted = this.#format(record);
    const value = typeof formatted === 'string' ? formatted : await formatted;
    const staging = this.#stagingKey(key);
    const stage: RedisCommand = ['SET', staging, value, 'PX', STAGING_MS];
    const swapped = await runScript(this.#send, SWAP, [key, staging], [version, String(ttl)], stage);
    return swapped === 1 ? value : null;
  }

  /**
   * A read has just given the record the idle timeout. One with a lifetime of its own ("remember me") gets that back, by a
   * command that nobody waits for: should it be lost, the session lives for the idle timeout until its next read.
   *
   * @returns how long the record now lives unused, milliseconds.
   */
  #restoreLifetime(key: string, { cookie }: SessionRecord, slideMs: number): number {
    const lifetimeMs = cookie?.originalMaxAge;
    if (typeof lifetimeMs !== 'number' || lifetimeMs === slideMs) return slideMs;
    this.#send(key, ['PEXPIRE', key, String(Math.ceil(lifetimeMs))]).catch(() => {});
    return lifetimeMs;
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

  #format(record: SessionRecord): MaybePromise<string> {
    const nonce = `${this.#nonce}.${++this.#writes}`;
    return this.#serializer.stringify({ ...record, __session: { nonce, ...record.__session } });
  }

  /** A value that is no JSON is no record: an error would meet its visitor at every request. */
  #parse(value: unknown): MaybePromise<SessionRecord | null> {
    try {
      const record = this.#serializer.parse(String(value)) as SessionRecord | PromiseLike<SessionRecord>;
      return isPromiseLike(record) ? Promise.resolve(record).catch(nullIfNoJson) : record;
    } catch (error) {
      return nullIfNoJson(error);
    }
  }
}

function nullIfNoJson(error: unknown): null {
  if (error instanceof SyntaxError) return null;
  throw error;
}

/** How long a record is to live, milliseconds: by the clock that its date is of. Redis then counts by its own. */
function ttlMs({ cookie }: SessionRecord, { now }: CallOptions): number {
  const until = recordTime(cookie?.expires);
  if (until === null || Number.isNaN(until)) return Math.ceil(cookie?.originalMaxAge ?? DAY_MS);
  return Math.ceil(until - now);
}
