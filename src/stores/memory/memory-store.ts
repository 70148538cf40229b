import {
  type CompareAndSwap,
  callOptions,
  type IndexedSession,
  type LoadedRecord,
  type ReadOptions,
  type SessionRecord,
  type Store,
  type UserIndex,
} from '../../store-contract/store.js';
import { unreadableRecord } from '../../store-contract/unreadable.js';
import { DEFAULT_MAX, givenMax, type MemoryStoreOptions } from './memory-store-options.js';
import { isRecent, type MemoryEntry, MemoryUserIndex } from './memory-user-index.js';
import { RecordsByUse } from './records-by-use.js';
import { endOf, fromText, toText } from './stored-text.js';

/** The sessions of one cookie name, which all its stores share. */
interface Bucket {
  /** Records by key, as text. The text is the whole stored value, so it is also the record's version. */
  readonly records: RecordsByUse;
  readonly index: MemoryUserIndex;
  /** The smallest `max` that a store of this name was given; null if none was. */
  max: number | null;
}

const REGISTRY = Symbol.for('next-app-session.memory');

/** How many records each write checks for expiry: enough to keep up, and too few to make the write slow. */
const SWEEP_STEP = 4;

/**
 * A store that keeps sessions in the memory of this process, for development and tests. They are lost when
 * the process ends, and other processes do not see them. It keeps 100,000 of them, or `max`: with one more, the
 * one goes that was not used for the longest time.
 *
 * All MemoryStores that are given to `nextAppSession` with the same cookie name share their sessions, because
 * Next loads several copies of an app's modules into one process. Of different values of `max`, the smallest
 * one counts.
 *
 * @throws ERR_SESSION_OPTIONS for a bad value of an option, and for an option that does not exist.
 */
export class MemoryStore implements Store {
  readonly name = 'memory';
  readonly hashIds = true;
  readonly atomic: CompareAndSwap = {
    load: async (id, options) => this.#use(id, options),
    swap: async (id, expected, record, { now }) =>
      (this.#live(id, now) ?? null) === expected ? this.#put(id, record, now) : null,
  };
  readonly users: UserIndex = {
    add: async (user, entry, { now }) => this.#bucket.index.add(user, entry, now),
    remove: async (user, keys, { now, keepRecent = false }) => {
      const recentAt = keepRecent ? now : null;
      for (const { entry, key } of keys) this.#bucket.index.remove(user, entry, key, recentAt);
    },
    list: async (user, page, options) => {
      const [entries, cursor] = this.#bucket.index.list(user, page, options.now);
      return { entries: entries.map((entry) => this.#withRecords(entry, options)), cursor };
    },
    revoke: async (user, choice, options) =>
      this.#bucket.index.revoke(user, choice, options.now).map((entry) => this.#withRecords(entry, options)),
  };
  #bucket: Bucket;
  #bound = false;

  constructor(options: MemoryStoreOptions = {}) {
    this.#bucket = newBucket(givenMax(options));
  }

  /**
   * Shares the sessions of this store with every MemoryStore of one of these names in the process. `nextAppSession`
   * calls it with the cookie names. Only the first call of a store has an effect.
   * @internal
   */
  bind(...names: readonly string[]): void {
    if (this.#bound) return;
    this.#bound = true;
    const registry = globalThis as { [REGISTRY]?: Map<string, Bucket> };
    registry[REGISTRY] ??= new Map();
    const buckets = registry[REGISTRY];
    const own = this.#bucket;
    const known = names.find((name) => buckets.has(name));
    const shared = (known !== undefined && buckets.get(known)) || newBucket(own.max);
    // A name that already has sessions keeps them.
    for (const name of names) if (!buckets.has(name)) buckets.set(name, shared);
    if (own.max !== null) shared.max = Math.min(own.max, shared.max ?? own.max);
    for (const [id, text] of own.records) shared.records.set(id, text);
    shared.index.addAll(own.index);
    this.#bucket = shared;
    this.#evict();
  }

  async get(id: string, options = callOptions()): Promise<SessionRecord | null> {
    const found = this.#use(id, options);
    if (found?.unreadable) throw unreadableRecord();
    return found?.record ?? null;
  }

  async set(id: string, record: SessionRecord, { now } = callOptions()): Promise<void> {
    this.#put(id, record, now);
  }

  async destroy(id: string): Promise<void> {
    this.#bucket.records.delete(id);
  }

  /** Reads a record for its visitor, which counts as use. */
  #use(id: string, options: ReadOptions): LoadedRecord | null {
    this.#bucket.records.use(id);
    return this.#load(id, options);
  }

  /** Leaves a record larger than `maxBytes` unparsed: that would hold up every other request. */
  #load(id: string, { now, maxBytes = Number.POSITIVE_INFINITY }: ReadOptions): LoadedRecord | null {
    const version = this.#live(id, now);
    if (version === undefined) return null;
    const size = Buffer.byteLength(version);
    if (size > maxBytes) return { record: null, unreadable: true, version, size };
    return { record: fromText(version), version, size };
  }

  /** Returns the text of a live record, or undefined. This does not count as use. */
  #live(id: string, now: number): string | undefined {
    const text = this.#bucket.records.peek(id);
    if (text === undefined || endOf(text) > now) return text;
    this.#bucket.records.delete(id);
    return undefined;
  }

  #withRecords(entry: MemoryEntry, options: ReadOptions): IndexedSession {
    const records = [...entry.keys].map((key) => {
      const { record = null, unreadable, size } = this.#load(key, options) ?? {};
      return { key, record, unreadable, size };
    });
    return { entry: entry.id, records, isRecent: isRecent(entry, options.now) };
  }

  #put(id: string, record: SessionRecord, now: number): string {
    const text = toText(record);
    if (endOf(text) > now) this.#bucket.records.set(id, text);
    else this.#bucket.records.delete(id);
    // What has expired goes before what is alive.
    this.#sweep(now);
    this.#evict();
    return text;
  }

  /** Deletes the expired ones of the next few records. This needs no timer, and never takes long. */
  #sweep(now: number): void {
    for (let step = 0; step < SWEEP_STEP; step++) {
      const next = this.#bucket.records.nextToCheck();
      if (!next) return;
      if (endOf(next.text) <= now) this.#bucket.records.delete(next.id);
    }
  }

  /** Deletes the least recently used records while there are too many: one after a write, more only when stores join. */
  #evict(): void {
    const { records, max } = this.#bucket;
    const limit = max ?? DEFAULT_MAX;
    for (let id = records.oldest; id !== undefined && records.size > limit; id = records.oldest) {
      records.delete(id);
    }
  }
}

function newBucket(max: number | null): Bucket {
  const records = new RecordsByUse();
  return { records, index: new MemoryUserIndex((key) => records.peek(key) !== undefined), max };
}
