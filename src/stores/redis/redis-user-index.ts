import { inBatches } from '../../lib/in-batches.js';
import type { MaybePromise } from '../../lib/maybe-promise.js';
import { CLOCK_SKEW_MS } from '../../record/expiry.js';
import { formatCursor, parseCursor } from '../../store-contract/index-cursor.js';
import type {
  CallOptions,
  EntryKey,
  IndexedRecord,
  IndexedSession,
  IndexedSessions,
  IndexPage,
  NewEntry,
  ReadOptions,
  RemoveOptions,
  RevokeChoice,
  SessionRecord,
  UserIndex,
} from '../../store-contract/store.js';
import { ADD_TO_INDEX, LIST_INDEX, REMOVE_FROM_INDEX, REVOKE_IN_INDEX } from './redis-index-scripts.js';
import { readCommand, replyValue } from './redis-read.js';
import { type RedisScript, runReadOnly, runScript } from './redis-script.js';
import type { RedisTraffic } from './redis-traffic.js';

/** The records of a RedisStore: their keys in Redis, and how to parse them. */
interface RedisRecords {
  keyOf(id: string): string;
  parse(text: string): MaybePromise<SessionRecord | null>;
}

/** Separates prefix and user. `#` is not a letter of an ID, so no session has such a key. */
const MARK = '#user:';

/** How many entries of a list are read at once. With more, 20 account pages at a time delay the reads of others threefold. */
const LISTED_AT_ONCE = 1;

/** How many revoked entries are read at once. Somebody waits for their end. */
const REVOKED_AT_ONCE = 50;

/** An entry as the scripts return it. */
interface RawEntry {
  readonly entry: string;
  readonly until: number;
  readonly isRecent: boolean;
  readonly keys: readonly string[];
}

/** The index of each user, in a sorted set and a hash that only scripts change. */
export class RedisUserIndex implements UserIndex {
  readonly #redis: RedisTraffic;
  readonly #prefix: string;
  readonly #records: RedisRecords;
  /** Until the server says otherwise. Replicas would answer them. */
  #hasReadOnlyScripts: boolean;

  constructor(redis: RedisTraffic, prefix: string, records: RedisRecords) {
    this.#redis = redis;
    this.#hasReadOnlyScripts = !redis.hasReplicas;
    this.#prefix = prefix;
    this.#records = records;
  }

  async add(
    user: string,
    { entry, key, until, from = '' }: NewEntry,
    options: CallOptions,
  ): Promise<boolean> {
    const lifetime = String(Math.ceil(until - options.now));
    const args = [time(options), String(CLOCK_SKEW_MS), entry, key, lifetime, from];
    return (await this.#run(ADD_TO_INDEX, user, args)) === 1;
  }

  async remove(user: string, keys: readonly EntryKey[], options: RemoveOptions): Promise<void> {
    if (keys.length === 0) return;
    const args = [
      time(options),
      options.keepRecent ? '1' : '',
      ...keys.flatMap(({ entry, key }) => [entry, key]),
    ];
    await this.#run(REMOVE_FROM_INDEX, user, args);
  }

  async list(user: string, { limit, cursor }: IndexPage, options: ReadOptions): Promise<IndexedSessions> {
    const after = parseCursor(cursor);
    // One more, to know whether there is a next page.
    const args = [time(options), String(limit + 1), after?.entry ?? '', String(after?.until ?? '')];
    const found = toEntries(await this.#runList(user, args));
    const page = found.slice(0, limit);
    const end = page.at(-1);
    return {
      entries: await this.#withRecords(page, LISTED_AT_ONCE, options),
      cursor: end && found.length > limit ? formatCursor(end) : null,
    };
  }

  async revoke(user: string, choice: RevokeChoice, options: ReadOptions): Promise<IndexedSession[]> {
    const { limit, only, except = [] } = choice;
    const names = only ?? except;
    const args = [time(options), String(limit), only ? 'only' : 'except', ...names];
    const found = toEntries(await this.#run(REVOKE_IN_INDEX, user, args));
    return this.#withRecords(found, REVOKED_AT_ONCE, options);
  }

  #run(script: RedisScript, user: string, args: readonly string[]): Promise<unknown> {
    return runScript(this.#redis.write, script, this.#keys(user), args);
  }

  async #runList(user: string, args: readonly string[]): Promise<unknown> {
    if (this.#hasReadOnlyScripts) {
      const list = await runReadOnly(this.#redis.read, LIST_INDEX, this.#keys(user), args);
      if (list !== null) return list;
      this.#hasReadOnlyScripts = false;
    }
    return this.#run(LIST_INDEX, user, args);
  }

  #keys(user: string): [string, string] {
    // A hash tag, so that a cluster keeps both keys in one slot.
    const key = `${this.#prefix}{${MARK}${user}}`;
    return [key, `${key}:keys`];
  }

  #withRecords(
    entries: readonly RawEntry[],
    atOnce: number,
    options: ReadOptions,
  ): Promise<IndexedSession[]> {
    return inBatches(entries, atOnce, async ({ entry, keys, isRecent }) => ({
      entry,
      records: await Promise.all(keys.map((key) => this.#read(key, options))),
      isRecent,
    }));
  }

  async #read(id: string, { maxBytes }: ReadOptions): Promise<IndexedRecord> {
    const key = this.#records.keyOf(id);
    const value = replyValue(await this.#redis.read(key, readCommand(key, maxBytes)), maxBytes);
    if (value === null) return { key: id, record: null };
    const { size } = value;
    const record = value.is === 'text' ? await this.#parse(value.text) : null;
    return { key: id, record, unreadable: record === null, size };
  }

  /** Returns null for a record that cannot be read. */
  async #parse(text: string): Promise<SessionRecord | null> {
    try {
      return await this.#records.parse(text);
    } catch {
      return null;
    }
  }
}

/** Redis has a clock of its own. It is told the time only if a test has set it. */
function time({ now, clock }: CallOptions): string {
  return clock === 'test' ? String(now) : '';
}

function toEntries(reply: unknown): RawEntry[] {
  const words: unknown[] = Array.isArray(reply) ? reply : [];
  return Array.from({ length: Math.floor(words.length / 4) }, (_, at) => {
    const [entry, until, isRecent, keys] = words.slice(at * 4, at * 4 + 4).map(String);
    return {
      entry: String(entry),
      until: Number(until),
      isRecent: isRecent === '1',
      keys: keys ? keys.split(' ') : [],
    };
  });
}
