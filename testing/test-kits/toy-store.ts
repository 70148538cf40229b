import {
  type CallOptions,
  type CompareAndSwap,
  callOptions,
  type IndexedSession,
  type LoadedRecord,
  type LoadOptions,
  type SessionRecord,
  type Store,
  type UserIndex,
} from '../../src/store-contract/store.js';

interface Entry {
  record: SessionRecord;
  version: string;
  /** When the record expires, epoch milliseconds. */
  until: number;
}

export type SwapCall = Parameters<CompareAndSwap['swap']>;

/** The simplest store that fulfils the contract, with its own clock. A bug is planted by an override. */
export class ToyStore implements Store {
  readonly expiry: 'record' | 'store' = 'record';
  readonly atomic: CompareAndSwap = {
    load: (id, options) => this.load(id, options),
    swap: (id, expected, record, options) => this.swap(id, expected, record, options),
  };
  readonly users: UserIndex = {
    add: (user, id, until, options) => this.index(user, id, until, options),
    remove: (user, ids) => this.unindex(user, ids),
    list: (user, options) => this.sessionsOf(user, options),
  };
  protected readonly entries = new Map<string, Entry>();
  protected readonly indexes = new Map<string, Map<string, number>>();
  protected writes = 0;
  #ahead = 0;

  /** Moves the store's clock forward. */
  advance(ms: number): void {
    this.#ahead += ms;
  }

  async get(id: string, options: CallOptions = callOptions()): Promise<SessionRecord | null> {
    const entry = this.live(id, options);
    return entry ? this.copy(entry.record) : null;
  }

  async set(id: string, record: SessionRecord, options: CallOptions = callOptions()): Promise<void> {
    this.put(id, record, options);
  }

  async destroy(id: string): Promise<void> {
    this.entries.delete(this.key(id));
  }

  async touch(id: string, { cookie }: SessionRecord, options: CallOptions = callOptions()): Promise<void> {
    const stored = this.live(id, options);
    if (stored) this.put(id, { ...stored.record, ...(cookie && { cookie }) }, options);
  }

  // --- methods that a planted bug may override ------------------------------------------------------------

  protected async load(id: string, options: LoadOptions): Promise<LoadedRecord | null> {
    const entry = this.live(id, options);
    return entry ? { record: this.copy(entry.record), version: entry.version } : null;
  }

  protected async swap(...[id, expected, record, options]: SwapCall): Promise<string | null> {
    return (this.live(id, options)?.version ?? null) === expected ? this.put(id, record, options) : null;
  }

  protected async index(user: string, id: string, until: number, _options: CallOptions): Promise<void> {
    const key = this.userKey(user);
    const sessions = this.indexes.get(key) ?? new Map<string, number>();
    this.indexes.set(key, sessions.set(id, Math.max(until, sessions.get(id) ?? 0)));
  }

  protected async unindex(user: string, ids: readonly string[]): Promise<void> {
    for (const id of ids) this.indexes.get(this.userKey(user))?.delete(id);
  }

  protected async sessionsOf(user: string, options: CallOptions): Promise<IndexedSession[]> {
    return [...(this.indexes.get(this.userKey(user))?.keys() ?? [])].map((id) => {
      const entry = this.live(id, options);
      return { id, record: entry ? this.copy(entry.record) : null };
    });
  }

  protected key(id: string): string {
    return id;
  }

  protected userKey(user: string): string {
    return user;
  }

  protected copy(record: SessionRecord): SessionRecord {
    return structuredClone(record);
  }

  protected time({ now, clock }: CallOptions): number {
    return clock === 'test' ? now : Date.now() + this.#ahead;
  }

  protected endOf({ cookie }: SessionRecord): number {
    return new Date(cookie?.expires ?? 8.64e15).getTime();
  }

  protected isOver(until: number, options: CallOptions): boolean {
    return until <= this.time(options);
  }

  protected live(id: string, options: CallOptions): Entry | undefined {
    const entry = this.entries.get(this.key(id));
    return entry && !this.isOver(entry.until, options) ? entry : undefined;
  }

  protected put(id: string, record: SessionRecord, options: CallOptions): string {
    const version = `v${++this.writes}`;
    const until = this.endOf(record);
    if (this.isOver(until, options)) this.entries.delete(this.key(id));
    else this.entries.set(this.key(id), { record: this.copy(record), version, until });
    return version;
  }
}

/** A toy store with expiry "store": `touch` and `load` move the expiry, but not the date in the record. */
export class KeepingToyStore extends ToyStore {
  override readonly expiry = 'store';

  override async touch(
    id: string,
    record: SessionRecord,
    options: CallOptions = callOptions(),
  ): Promise<void> {
    const entry = this.live(id, options);
    if (entry) entry.until = this.endOf(record);
  }

  protected override async load(id: string, options: LoadOptions): Promise<LoadedRecord | null> {
    const loaded = await super.load(id, options);
    if (!loaded) return null;
    this.slide(id, options);
    return { ...loaded, leftMs: this.leftMs(id, options) };
  }

  protected override async sessionsOf(user: string, options: CallOptions): Promise<IndexedSession[]> {
    const sessions = await super.sessionsOf(user, options);
    return sessions.map((session) => ({ ...session, leftMs: this.leftMs(session.id, options) }));
  }

  protected slide(id: string, options: LoadOptions): void {
    const entry = this.live(id, options);
    if (entry && options.slideMs !== undefined) entry.until = this.time(options) + options.slideMs;
  }

  protected leftMs(id: string, options: CallOptions): number | undefined {
    const entry = this.live(id, options);
    return entry && entry.until - this.time(options);
  }
}
