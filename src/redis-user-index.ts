import type { SendToRedis } from './redis-client.js';
import { NOTE, runScript } from './redis-script.js';
import type { IndexedSession, SessionRecord, UserIndex } from './store.js';
import { currentTime } from './surroundings.js';

/** How a RedisStore keeps its records. */
interface RedisRecords {
  keyOf(id: string): string;
  parse(value: unknown): SessionRecord | null | Promise<SessionRecord | null>;
}

type Entry = readonly [id: string, notedAt: number];

/** Not a letter of an ID, so no session has such a key. */
const MARK = '#user:';

/** How many records are read at once. */
const BATCH = 200;

/** From this size on, an index is pruned with each session that it notes, by this many. */
const LONG_INDEX = 16;
const PRUNED = 4;

/** An entry this old has had its record written, or never will. */
const SETTLED_MS = 3_600_000;

/**
 * The index of each user: a sorted set of session keys, by when they were noted. It has no time to live unless sessions
 * have an end (`absoluteTimeout`), since reads keep sessions alive and do not touch it.
 */
export class RedisUserIndex implements UserIndex {
  readonly #send: SendToRedis;
  readonly #prefix: string;
  readonly #records: RedisRecords;

  constructor(send: SendToRedis, prefix: string, records: RedisRecords) {
    this.#send = send;
    this.#prefix = prefix;
    this.#records = records;
  }

  async add(user: string, id: string, lifetimeMs: number | null): Promise<void> {
    const args = [id, String(currentTime()), lifetimeMs === null ? '' : String(lifetimeMs)];
    const limits = [String(LONG_INDEX), String(PRUNED)];
    const oldest = await runScript(this.#send, NOTE, [this.#key(user)], [...args, ...limits]);
    // Sessions that Redis expired are still noted. Nobody waits until they are looked for.
    this.#prune(user, entriesOf(oldest)).catch(() => {});
  }

  async remove(user: string, ids: readonly string[]): Promise<void> {
    const key = this.#key(user);
    if (ids.length > 0) await this.#send(key, ['ZREM', key, ...ids]);
  }

  async list(user: string): Promise<IndexedSession[]> {
    const key = this.#key(user);
    const noted = entriesOf(await this.#send(key, ['ZRANGE', key, '0', '-1', 'WITHSCORES']));
    const sessions: IndexedSession[] = [];
    for (let start = 0; start < noted.length; start += BATCH) {
      const batch = noted.slice(start, start + BATCH);
      sessions.push(...(await Promise.all(batch.map(([id, notedAt]) => this.#read(id, notedAt)))));
    }
    return sessions;
  }

  async #read(id: string, notedAt: number): Promise<IndexedSession> {
    const key = this.#records.keyOf(id);
    const [value, left] = await Promise.all([this.#send(key, ['GET', key]), this.#send(key, ['PTTL', key])]);
    const record = value === null ? null : await this.#records.parse(value);
    const version = value === null ? undefined : String(value);
    return { id, notedAt, record, version, ...(Number(left) >= 0 && { leftMs: Number(left) }) };
  }

  /** Forgets those of some entries whose records are gone. */
  async #prune(user: string, entries: readonly Entry[]): Promise<void> {
    const settled = entries.filter(([, notedAt]) => currentTime() - notedAt > SETTLED_MS).map(([id]) => id);
    const there = await Promise.all(settled.map((id) => this.#exists(id)));
    await this.remove(
      user,
      settled.filter((_, at) => !there[at]),
    );
  }

  async #exists(id: string): Promise<boolean> {
    const key = this.#records.keyOf(id);
    return Number(await this.#send(key, ['EXISTS', key])) === 1;
  }

  #key(user: string): string {
    return `${this.#prefix}${MARK}${user}`;
  }
}

/** What ZRANGE gives with scores, in one list or, by RESP3, in a list of pairs. */
function entriesOf(reply: unknown): Entry[] {
  const flat = Array.isArray(reply) ? reply.flat() : [];
  return Array.from({ length: flat.length / 2 }, (_, at) => [String(flat[2 * at]), Number(flat[2 * at + 1])]);
}
