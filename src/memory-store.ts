import { SessionError } from './errors.js';
import type { AtomicStore, SessionRecord, Versioned } from './store.js';
import { currentTime } from './surroundings.js';

interface Entry {
  /** The record as JSON; also its version, since it is the whole stored value. */
  readonly value: string;
  readonly expiresAt: number;
}

interface Shelf {
  readonly entries: Map<string, Entry>;
  /** Where the sweep goes on. */
  cursor: MapIterator<[string, Entry]>;
}

const REGISTRY = Symbol.for('next-app-session.memory');

/** How many entries a write looks at for expired ones: the sweep keeps up, and no write takes long. */
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
    for (const [id, entry] of this.#shelf.entries) shared.entries.set(id, entry);
    this.#shelf = shared;
  }

  async get(id: string): Promise<SessionRecord | null> {
    return (await this.load(id))?.record ?? null;
  }

  async load(id: string): Promise<Versioned | null> {
    const entry = this.#live(id);
    if (!entry) return null;
    const { value } = entry;
    return { record: JSON.parse(value), version: value, size: Buffer.byteLength(value) };
  }

  async set(id: string, record: SessionRecord): Promise<void> {
    this.#put(id, record);
  }

  async swap(id: string, expected: string | null, record: SessionRecord): Promise<string | null> {
    const stored = this.#live(id)?.value ?? null;
    return stored === expected ? this.#put(id, record) : null;
  }

  async destroy(id: string): Promise<void> {
    this.#shelf.entries.delete(id);
  }

  async touch(id: string, record: SessionRecord): Promise<void> {
    const entry = this.#live(id);
    if (!entry) return;
    const stored: SessionRecord = JSON.parse(entry.value);
    this.#put(id, { ...stored, ...pickDates(record) });
  }

  #live(id: string): Entry | undefined {
    const entry = this.#shelf.entries.get(id);
    if (!entry || entry.expiresAt > currentTime()) return entry;
    this.#shelf.entries.delete(id);
    return undefined;
  }

  #put(id: string, record: SessionRecord): string {
    const value = stringify(record);
    const expiresAt = expiryOf(record);
    if (expiresAt > currentTime()) this.#shelf.entries.set(id, { value, expiresAt });
    else this.#shelf.entries.delete(id);
    this.#sweep();
    return value;
  }

  /** Looks at the next few entries. No timer per session, and no pause however many there are. */
  #sweep(): void {
    const now = currentTime();
    for (let step = 0; step < SWEEP_STEP; step++) {
      const next = this.#shelf.cursor.next();
      if (next.done) {
        this.#shelf.cursor = this.#shelf.entries.entries();
        return;
      }
      const [id, entry] = next.value;
      if (entry.expiresAt <= now) this.#shelf.entries.delete(id);
    }
  }
}

function newShelf(): Shelf {
  const entries = new Map<string, Entry>();
  return { entries, cursor: entries.entries() };
}

/** A record without a readable expiry is kept: what it means is for the reader to decide. */
function expiryOf(record: SessionRecord): number {
  const expires = record.cookie?.expires;
  const time = expires == null ? Number.NaN : new Date(expires).getTime();
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
}

function pickDates({ cookie, __session }: SessionRecord): Partial<SessionRecord> {
  return { ...(cookie && { cookie }), ...(__session && { __session }) };
}

function stringify(record: SessionRecord): string {
  try {
    return JSON.stringify(record);
  } catch {
    throw new SessionError('ERR_SESSION_DATA', 'The record is not JSON. Store plain values.');
  }
}
