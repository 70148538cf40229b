import type { MaybePromise } from '../../lib/maybe-promise.js';
import { CLOCK_SKEW_MS } from '../../record/expiry.js';
import type { CallOptions, IndexedSession, SessionRecord, UserIndex } from '../../store-contract/store.js';
import type { SendToRedis } from './redis-client.js';
import { ADD_TO_INDEX, runScript } from './redis-script.js';

/** The records of a RedisStore: their keys in Redis, and how to parse them. */
interface RedisRecords {
  keyOf(id: string): string;
  parse(value: unknown): MaybePromise<SessionRecord | null>;
}

/** Separates prefix and user. `#` is not a letter of an ID, so no session has such a key. */
const MARK = '#user:';

/** How many records are read at once. */
const BATCH = 200;

/** The index of each user: a sorted set of session keys, by the time when their entries expire. */
export class RedisUserIndex implements UserIndex {
  readonly #send: SendToRedis;
  readonly #prefix: string;
  readonly #records: RedisRecords;

  constructor(send: SendToRedis, prefix: string, records: RedisRecords) {
    this.#send = send;
    this.#prefix = prefix;
    this.#records = records;
  }

  async add(user: string, id: string, until: number, { now, clock }: CallOptions): Promise<void> {
    const time = clock === 'test' ? String(now) : '';
    const args = [id, String(until), String(CLOCK_SKEW_MS), time];
    await runScript(this.#send, ADD_TO_INDEX, [this.#key(user)], args);
  }

  async remove(user: string, ids: readonly string[]): Promise<void> {
    const key = this.#key(user);
    if (ids.length > 0) await this.#send(key, ['ZREM', key, ...ids]);
  }

  async list(user: string): Promise<IndexedSession[]> {
    const key = this.#key(user);
    const ids = await this.#send(key, ['ZRANGE', key, '0', '-1']);
    if (!Array.isArray(ids)) return [];
    const sessions: IndexedSession[] = [];
    for (let start = 0; start < ids.length; start += BATCH) {
      const batch = ids.slice(start, start + BATCH);
      sessions.push(...(await Promise.all(batch.map((id) => this.#read(String(id))))));
    }
    return sessions;
  }

  async #read(id: string): Promise<IndexedSession> {
    const key = this.#records.keyOf(id);
    const [value, left] = await Promise.all([this.#send(key, ['GET', key]), this.#send(key, ['PTTL', key])]);
    if (value === null) return { id, record: null };
    const record = await this.#parse(value);
    const leftMs = Number(left);
    return { id, record, unreadable: record === null, ...(leftMs >= 0 && { leftMs }) };
  }

  /** Returns null for a record that cannot be read. */
  async #parse(value: unknown): Promise<SessionRecord | null> {
    try {
      return await this.#records.parse(value);
    } catch {
      return null;
    }
  }

  #key(user: string): string {
    return `${this.#prefix}${MARK}${user}`;
  }
}
