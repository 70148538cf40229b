import { SessionError } from '../../lib/errors.js';
import type { AtomicStore, SessionRecord, UserIndex, Versioned } from '../../store-contract/store.js';
import { currentTime } from '../../test-seam/surroundings.js';
import { MemoryUserIndex } from './memory-user-index.js';
import { packedExpiry, RecordPacker } from './packed-record.js';

interface Shelf {
  /** Packed records by ID. The text is also the record's version, since it is the whole stored value. */
  readonly records: Map<string, string>;
  readonly packer: RecordPacker;
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
export class MemoryStore implements AtomicStore {
  readonly name = 'memory';
  readonly hashIds = true;
  readonly users: UserIndex = {
    add: async (user, id, until) => this.#shelf.index.add(user, id, until, currentTime()),
    remove: async (user, ids) => {
      for (const id of ids) this.#shelf.index.remove(user, id);
    },
    list: async (user) =>
      this.#shelf.index.list(user, currentTime()).map((id) => {
        const text = this.#live(id);
        return { id, record: text === undefined ? null : this.#shelf.packer.unpack(text) };
      }),
  };
  #shelf: Shelf = newShelf();
  #bound = false;

  /**
   * Shares what is stored with every MemoryStore bound to this name in the process. Called by `nextAppSession`; a
   * store given to several sessions belongs to the first.
   * @internal
   */
  bind(name: string): void {
    if (this.#bound) return;
    this.#bound = true;
    const registry = globalThis as { [REGISTRY]?: Map<string, Shelf> };
    registry[REGISTRY] ??= new Map();
    const shared = registry[REGISTRY].get(name) ?? newShelf();
    registry[REGISTRY].set(name, shared);
    for (const [id, text] of this.#shelf.records) {
      shared.records.set(id, shared.packer.pack(this.#shelf.packer.unpack(text)));
    }
    for (const noted of this.#shelf.index) shared.index.add(...noted, currentTime());
    this.#shelf = shared;
  }

  async get(id: string): Promise<SessionRecord | null> {
    return (await this.load(id))?.record ?? null;
  }

  async load(id: string): Promise<Versioned | null> {
    const version = this.#live(id);
    if (version === undefined) return null;
    return { record: this.#shelf.packer.unpack(version), version, size: Buffer.byteLength(version) };
  }

  async set(id: string, record: SessionRecord): Promise<void> {
    this.#put(id, record);
  }

  async swap(id: string, expected: string | null, record: SessionRecord): Promise<string | null> {
    return (this.#live(id) ?? null) === expected ? this.#put(id, record) : null;
  }

  async destroy(id: string): Promise<void> {
    this.#remove(id);
  }

  async touch(id: string, record: SessionRecord): Promise<void> {
    const text = this.#live(id);
    if (text !== undefined) this.#put(id, { ...this.#shelf.packer.unpack(text), ...pickDates(record) });
  }

  #live(id: string): string | undefined {
    const text = this.#shelf.records.get(id);
    if (text === undefined || packedExpiry(text) > currentTime()) return text;
    this.#remove(id);
    return undefined;
  }

  #remove(id: string): void {
    this.#shelf.records.delete(id);
    this.#shelf.index.forget(id);
  }

  #put(id: string, record: SessionRecord): string {
    const text = this.#pack(record);
    if (packedExpiry(text) > currentTime()) this.#shelf.records.set(id, text);
    else this.#remove(id);
    this.#sweep();
    return text;
  }

  #pack(record: SessionRecord): string {
    try {
      return this.#shelf.packer.pack(record);
    } catch {
      throw new SessionError('ERR_SESSION_DATA', 'The record is not JSON. Store plain values.');
    }
  }

  /** Looks at the next few records. No timer per session, and no pause however many there are. */
  #sweep(): void {
    const now = currentTime();
    for (let step = 0; step < SWEEP_STEP; step++) {
      const next = this.#shelf.cursor.next();
      if (next.done) {
        this.#shelf.cursor = this.#shelf.records.entries();
        return;
      }
      const [id, text] = next.value;
      if (packedExpiry(text) <= now) this.#remove(id);
    }
  }
}

function newShelf(): Shelf {
  const records = new Map<string, string>();
  const index = new MemoryUserIndex();
  return { records, packer: new RecordPacker(), index, cursor: records.entries() };
}

function pickDates({ cookie, __session }: SessionRecord): Partial<SessionRecord> {
  return { ...(cookie && { cookie }), ...(__session && { __session }) };
}
