import {
  type CallOptions,
  type CompareAndSwap,
  callOptions,
  type LoadedRecord,
  type SessionRecord,
  type Store,
  type UserIndex,
} from '../../store-contract/store.js';
import { MemoryUserIndex } from './memory-user-index.js';
import { endOf, fromText, toText } from './stored-text.js';

/** What the stores of one cookie name share. */
interface Bucket {
  /** Records by ID, as text. The text is also the record's version, since it is the whole stored value. */
  readonly records: Map<string, string>;
  readonly index: MemoryUserIndex;
  /** Where the sweep goes on. */
  cursor: MapIterator<[string, string]>;
}

const REGISTRY = Symbol.for('next-app-session.memory');

/** How many records a write looks at for expired ones: the sweep keeps up, and no write takes long. */
const SWEEP_STEP = 4;

/**
 * Keeps sessions in this process: for development and tests. They end with the process, and other processes do
 * not see them.
 *
 * Given to `nextAppSession`, it holds the sessions of that cookie name for the whole process, since Next loads
 * several copies of an app's modules.
 */
export class MemoryStore implements Store {
  readonly name = 'memory';
  readonly hashIds = true;
  readonly atomic: CompareAndSwap = {
    load: async (id, options) => this.#load(id, options),
    swap: async (id, expected, record, { now }) =>
      (this.#live(id, now) ?? null) === expected ? this.#put(id, record, now) : null,
  };
  readonly users: UserIndex = {
    add: async (user, id, until, { now }) => this.#bucket.index.add(user, id, until, now),
    remove: async (user, ids) => {
      for (const id of ids) this.#bucket.index.remove(user, id);
    },
    list: async (user, { now }) =>
      this.#bucket.index.list(user, now).map((id) => {
        const text = this.#live(id, now);
        return { id, record: text === undefined ? null : fromText(text) };
      }),
  };
  #bucket: Bucket = newBucket();
  #bound = false;

  /**
   * Shares what is stored with every MemoryStore bound to this name in the process. Called by `nextAppSession`; a
   * store given to several sessions belongs to the first.
   * @internal
   */
  bind(name: string): void {
    if (this.#bound) return;
    this.#bound = true;
    const registry = globalThis as { [REGISTRY]?: Map<string, Bucket> };
    registry[REGISTRY] ??= new Map();
    const shared = registry[REGISTRY].get(name) ?? newBucket();
    registry[REGISTRY].set(name, shared);
    for (const [id, text] of this.#bucket.records) shared.records.set(id, text);
    for (const entry of this.#bucket.index) shared.index.add(...entry, Date.now());
    this.#bucket = shared;
  }

  async get(id: string, options = callOptions()): Promise<SessionRecord | null> {
    return this.#load(id, options)?.record ?? null;
  }

  async set(id: string, record: SessionRecord, { now } = callOptions()): Promise<void> {
    this.#put(id, record, now);
  }

  async destroy(id: string): Promise<void> {
    this.#remove(id);
  }

  #load(id: string, { now }: CallOptions): LoadedRecord | null {
    const version = this.#live(id, now);
    if (version === undefined) return null;
    return { record: fromText(version), version, size: Buffer.byteLength(version) };
  }

  #live(id: string, now: number): string | undefined {
    const text = this.#bucket.records.get(id);
    if (text === undefined || endOf(text) > now) return text;
    this.#remove(id);
    return undefined;
  }

  #remove(id: string): void {
    this.#bucket.records.delete(id);
    this.#bucket.index.removeRecord(id);
  }

  #put(id: string, record: SessionRecord, now: number): string {
    const text = toText(record);
    if (endOf(text) > now) this.#bucket.records.set(id, text);
    else this.#remove(id);
    this.#sweep(now);
    return text;
  }

  /** Looks at the next few records. No timer per session, and no pause however many there are. */
  #sweep(now: number): void {
    for (let step = 0; step < SWEEP_STEP; step++) {
      const next = this.#bucket.cursor.next();
      if (next.done) {
        this.#bucket.cursor = this.#bucket.records.entries();
        return;
      }
      const [id, text] = next.value;
      if (endOf(text) <= now) this.#remove(id);
    }
  }
}

function newBucket(): Bucket {
  const records = new Map<string, string>();
  const index = new MemoryUserIndex();
  return { records, index, cursor: records.entries() };
}
