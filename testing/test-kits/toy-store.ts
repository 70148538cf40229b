import { formatCursor, parseCursor } from '../../src/store-contract/index-cursor.js';
import {
  type CallOptions,
  type CompareAndSwap,
  callOptions,
  type EntryKey,
  type IndexedRecord,
  type IndexedSession,
  type IndexedSessions,
  type IndexPage,
  type LoadedRecord,
  type NewEntry,
  type RemoveOptions,
  type RevokeChoice,
  type SessionRecord,
  type Store,
  type UserIndex,
} from '../../src/store-contract/store.js';

interface StoredRecord {
  record: SessionRecord;
  version: string;
  /** When the record expires, epoch milliseconds. */
  until: number;
}

/** An entry of a user's index. */
export interface ToyEntry {
  keys: Set<string>;
  /** When the entry ends, epoch milliseconds. */
  until: number;
  /** When a key was added last, epoch milliseconds. */
  changedAt: number;
  isRevoked: boolean;
}

/** The entries of a user, by their names. */
export type ToyEntries = Map<string, ToyEntry>;

export type SwapCall = Parameters<CompareAndSwap['swap']>;

/** The simplest store that fulfils the contract, with its own clock. A bug is planted by an override. */
export class ToyStore implements Store {
  readonly expiry: 'record' | 'store' = 'record';
  readonly atomic: CompareAndSwap = {
    load: (id, options) => this.load(id, options),
    swap: (id, expected, record, options) => this.swap(id, expected, record, options),
  };
  readonly users: UserIndex = {
    add: (user, entry, options) => this.addKey(user, entry, options),
    remove: (user, keys, options) => this.removeKeys(user, keys, options),
    list: (user, page, options) => this.listEntries(user, page, options),
    revoke: (user, choice, options) => this.revokeEntries(user, choice, options),
  };
  protected readonly stored = new Map<string, StoredRecord>();
  protected readonly indexes = new Map<string, ToyEntries>();
  protected writes = 0;
  /** Which client this is of its storage, for the versions that it makes. */
  protected client = '';
  protected readonly clock = { ahead: 0, clients: 0 };

  /** Moves the store's clock forward. */
  advance(ms: number): void {
    this.clock.ahead += ms;
  }

  /** Returns another client of the same storage. */
  another(): ToyStore {
    const { stored, indexes, clock } = this;
    const other = new (this.constructor as new () => ToyStore)();
    return Object.assign(other, { stored, indexes, clock, client: `.${++clock.clients}` });
  }

  async get(id: string, options: CallOptions = callOptions()): Promise<SessionRecord | null> {
    const entry = this.live(id, options);
    return entry ? this.copy(entry.record) : null;
  }

  async set(id: string, record: SessionRecord, options: CallOptions = callOptions()): Promise<void> {
    this.put(id, record, options);
  }

  async destroy(id: string): Promise<void> {
    this.stored.delete(this.key(id));
  }

  async touch(id: string, { cookie }: SessionRecord, options: CallOptions = callOptions()): Promise<void> {
    const stored = this.live(id, options);
    if (stored) this.put(id, { ...stored.record, ...(cookie && { cookie }) }, options);
  }

  // --- methods that a planted bug may override ------------------------------------------------------------

  protected async load(id: string, options: CallOptions): Promise<LoadedRecord | null> {
    const entry = this.live(id, options);
    return entry ? { record: this.copy(entry.record), version: entry.version } : null;
  }

  protected async swap(...[id, expected, record, options]: SwapCall): Promise<string | null> {
    return (this.live(id, options)?.version ?? null) === expected ? this.put(id, record, options) : null;
  }

  protected async addKey(user: string, entry: NewEntry, options: CallOptions): Promise<boolean> {
    const entries = this.entriesOf(user);
    const known = entries.get(entry.entry);
    if (this.refuses(known, entry)) return false;
    entries.set(entry.entry, {
      keys: new Set([...(known?.keys ?? []), entry.key]),
      until: Math.max(entry.until, known?.until ?? 0),
      // With its own key as `from`, the call says that the record is written.
      changedAt: entry.from === entry.key ? -this.time(options) : this.time(options),
      isRevoked: false,
    });
    return true;
  }

  protected refuses(known: ToyEntry | undefined, { from }: NewEntry): boolean {
    return known?.isRevoked === true || (from !== undefined && !known?.keys.has(from));
  }

  protected async removeKeys(
    user: string,
    keys: readonly EntryKey[],
    options: RemoveOptions = callOptions(),
  ): Promise<void> {
    const entries = this.entriesOf(user);
    for (const { entry, key } of keys) {
      const isRecent = Math.abs(entries.get(entry)?.changedAt ?? 0) + 60_000 > this.time(options);
      if (options.keepRecent && isRecent) continue;
      entries.get(entry)?.keys.delete(key);
      if (entries.get(entry)?.keys.size === 0) entries.delete(entry);
    }
  }

  protected async listEntries(
    user: string,
    { limit, cursor }: IndexPage,
    options: CallOptions,
  ): Promise<IndexedSessions> {
    const after = parseCursor(cursor);
    const left = [...this.entriesOf(user)]
      .filter(([, { isRevoked }]) => !isRevoked)
      .sort(latestFirst)
      .filter(([name, { until }]) => {
        if (!after || until < after.until) return true;
        return until === after.until && name < after.entry;
      });
    const page = left.slice(0, limit);
    const [entry, last] = page.at(-1) ?? [];
    return {
      entries: page.map(([name]) => this.withRecords(user, name, options)),
      cursor: entry && last && left.length > limit ? formatCursor({ entry, until: last.until }) : null,
    };
  }

  protected async revokeEntries(
    user: string,
    choice: RevokeChoice,
    options: CallOptions,
  ): Promise<IndexedSession[]> {
    const chosen = this.chosen(this.entriesOf(user), choice);
    for (const [, entry] of chosen) entry.isRevoked = true;
    return chosen.map(([name]) => this.withRecords(user, name, options));
  }

  protected chosen(entries: ToyEntries, { limit, only, except }: RevokeChoice): [string, ToyEntry][] {
    return [...entries]
      .filter(([name]) => (only ? only.includes(name) : !except?.includes(name)))
      .sort(([, a], [, b]) => Number(b.isRevoked) - Number(a.isRevoked))
      .slice(0, limit);
  }

  protected withRecords(user: string, entry: string, options: CallOptions): IndexedSession {
    const { keys = [], changedAt = 0 } = this.entriesOf(user).get(entry) ?? {};
    const records = [...keys].map((key) => this.indexedRecord(key, options));
    return { entry, records, isRecent: changedAt + 60_000 > this.time(options) };
  }

  protected indexedRecord(key: string, options: CallOptions): IndexedRecord {
    const stored = this.live(key, options);
    return { key, record: stored ? this.copy(stored.record) : null };
  }

  protected entriesOf(user: string): ToyEntries {
    const key = this.userKey(user);
    const entries = this.indexes.get(key) ?? new Map<string, ToyEntry>();
    this.indexes.set(key, entries);
    return entries;
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
    return clock === 'test' ? now : Date.now() + this.clock.ahead;
  }

  protected endOf({ cookie }: SessionRecord): number {
    return new Date(cookie?.expires ?? 8.64e15).getTime();
  }

  protected isOver(until: number, options: CallOptions): boolean {
    return until <= this.time(options);
  }

  protected live(id: string, options: CallOptions): StoredRecord | undefined {
    const entry = this.stored.get(this.key(id));
    return entry && !this.isOver(entry.until, options) ? entry : undefined;
  }

  protected put(id: string, record: SessionRecord, options: CallOptions): string {
    const version = `v${++this.writes}${this.client}`;
    const until = this.endOf(record);
    if (this.isOver(until, options)) this.stored.delete(this.key(id));
    else this.stored.set(this.key(id), { record: this.copy(record), version, until });
    return version;
  }
}

/** A toy store with expiry "store": `touch` moves the expiry, but not the date in the record. */
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
}

function latestFirst([nameA, a]: [string, ToyEntry], [nameB, b]: [string, ToyEntry]): number {
  return b.until - a.until || (nameA < nameB ? 1 : -1);
}
