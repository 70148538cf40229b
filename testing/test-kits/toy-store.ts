import type {
  AtomicStore,
  IndexedSession,
  SessionRecord,
  UserIndex,
  Versioned,
} from '../../src/store-contract/store.js';

interface Entry {
  record: SessionRecord;
  version: string;
}

/** A store that holds the contract in the plainest way. Each bug is one method written over. */
export class ToyStore implements AtomicStore {
  protected readonly entries = new Map<string, Entry>();
  protected writes = 0;
  protected readonly noted = new Map<string, Map<string, number>>();
  #ahead = 0;

  readonly users: UserIndex = {
    add: (user, id, until) => this.note(user, id, until),
    remove: (user, ids) => this.forget(user, ids),
    list: (user) => this.sessionsOf(user),
  };

  /** Makes the store's clock run ahead. */
  advance(ms: number): void {
    this.#ahead += ms;
  }

  async get(id: string): Promise<SessionRecord | null> {
    return (await this.load(id))?.record ?? null;
  }

  async set(id: string, record: SessionRecord): Promise<void> {
    this.put(id, record);
  }

  async destroy(id: string): Promise<void> {
    this.entries.delete(this.key(id));
  }

  async touch(id: string, { cookie }: SessionRecord): Promise<void> {
    const stored = this.live(id);
    if (stored) this.put(id, { ...stored.record, ...(cookie && { cookie }) });
  }

  async load(id: string): Promise<Versioned | null> {
    const entry = this.live(id);
    return entry ? { record: this.copy(entry.record), version: entry.version } : null;
  }

  async swap(id: string, expected: string | null, record: SessionRecord): Promise<string | null> {
    return (this.live(id)?.version ?? null) === expected ? this.put(id, record) : null;
  }

  protected async note(user: string, id: string, until: number): Promise<void> {
    const sessions = this.noted.get(user) ?? new Map<string, number>();
    this.noted.set(user, sessions.set(id, Math.max(until, sessions.get(id) ?? 0)));
  }

  protected async forget(user: string, ids: readonly string[]): Promise<void> {
    for (const id of ids) this.noted.get(user)?.delete(id);
  }

  protected async sessionsOf(user: string): Promise<IndexedSession[]> {
    return [...(this.noted.get(user)?.keys() ?? [])].map((id) => {
      const entry = this.live(id);
      return { id, record: entry ? this.copy(entry.record) : null };
    });
  }

  // --- what a bug may change --------------------------------------------------------------------------------

  protected key(id: string): string {
    return id;
  }

  protected copy(record: SessionRecord): SessionRecord {
    return structuredClone(record);
  }

  protected isOver(record: SessionRecord): boolean {
    return new Date(record.cookie?.expires ?? 8.64e15).getTime() <= Date.now() + this.#ahead;
  }

  protected live(id: string): Entry | undefined {
    const entry = this.entries.get(this.key(id));
    return entry && !this.isOver(entry.record) ? entry : undefined;
  }

  protected put(id: string, record: SessionRecord): string {
    const version = `v${++this.writes}`;
    if (this.isOver(record)) this.entries.delete(this.key(id));
    else this.entries.set(this.key(id), { record: this.copy(record), version });
    return version;
  }
}
