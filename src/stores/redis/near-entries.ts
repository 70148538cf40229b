import type { RedisText } from './redis-read.js';

/** The longest text that is kept, in characters. */
const MAX_LENGTH = 8192;

/**
 * A moment by two clocks, because each may lie: that of the process stands still while the machine is suspended, and the date may be
 * set. What one of them calls old is old.
 */
export class Moment {
  readonly #ticks = performance.now();
  readonly #date = Date.now();

  get ageMs(): number {
    return Math.max(performance.now() - this.#ticks, Math.abs(Date.now() - this.#date));
  }
}

interface Entry {
  readonly value: RedisText;
  /** When the read was sent: Redis may have answered at once, and the answer may have been late. */
  readonly sentAt: Moment;
}

/** What was read a moment ago, by the names of the keys. */
export class NearEntries {
  /** The least recently used comes first. */
  readonly #entries = new Map<string, Entry>();
  /** The reads under way that may be kept: of each key, the first. */
  readonly #reads = new Map<string, Moment>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(name: string, maxAgeMs: number): RedisText | undefined {
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    this.#entries.delete(name);
    if (entry.sentAt.ageMs >= maxAgeMs) return undefined;
    this.#entries.set(name, entry);
    return entry.value;
  }

  /** Says that a read is sent now. Returns null if it will not be kept. */
  begin(name: string): Moment | null {
    if (this.#reads.has(name)) return null;
    const read = new Moment();
    this.#reads.set(name, read);
    return read;
  }

  /** Keeps what a read has found, unless its key was dropped meanwhile. */
  end(name: string, read: Moment, value: RedisText | null): void {
    if (this.#reads.get(name) !== read) return;
    this.#reads.delete(name);
    if (value === null || value.text.length > MAX_LENGTH) return;
    this.#entries.delete(name);
    this.#entries.set(name, { value, sentAt: read });
    if (this.#entries.size > this.#max) this.#entries.delete(firstOf(this.#entries));
  }

  /** Forgets a key, also what is being read of it. */
  drop(name: string): void {
    this.#entries.delete(name);
    this.#reads.delete(name);
  }

  dropAll(): void {
    this.#entries.clear();
    this.#reads.clear();
  }
}

function firstOf(entries: ReadonlyMap<string, unknown>): string {
  const [name = ''] = entries.keys();
  return name;
}
