import type { StoreOperation, StoreOutcome } from '../../src/events/session-event.js';
import { SessionError } from '../../src/lib/errors.js';
import { parseRecord } from '../../src/record/record.js';
import { hasExpired, recordTime } from '../../src/record/record-time.js';
import { hashSessionId } from '../../src/record/session-id.js';
import {
  type AtomicStore,
  isAtomic,
  type SessionRecord,
  type Store,
  storeName,
  type UserIndex,
} from '../../src/store-contract/store.js';
import { MemoryStore } from '../../src/stores/memory/memory-store.js';
import { currentTime } from '../../src/test-seam/surroundings.js';
import { type FailOptions, StoreFaults } from './store-faults.js';
import type { StoreCallRecord, StoredSessionView, StoreSnapshot } from './store-views.js';
import type { TestClock } from './test-clock.js';
import { withSurroundings } from './with-surroundings.js';

/**
 * A store whose calls can be looked at and made to fail, around any other; a MemoryStore if none is given. It can do
 * what the store within can: compare-and-swap, `touch`, an expiry of its own, an index of users.
 *
 * Sessions are listed that were written through it.
 *
 * @example
 * const store = new InspectableStore();
 * store.fail('set', { times: 1 });
 */
export class InspectableStore implements Store<object> {
  readonly name: string;
  readonly trustExpiry: boolean;
  readonly hashIds: boolean;
  /** Only there if the store within has them, since that is how a store says what it can. */
  declare readonly load?: AtomicStore['load'];
  declare readonly swap?: AtomicStore['swap'];
  declare readonly touch?: NonNullable<Store['touch']>;
  declare readonly users?: NonNullable<Store<object>['users']>;
  /** What a tester gave it: testers that share a store share its time. @internal */
  clock: TestClock | undefined;
  readonly #inner: Store<object>;
  readonly #faults = new StoreFaults();
  readonly #keys = new Set<string>();
  #calls: StoreCallRecord[] = [];

  constructor(inner: Store<object> = new MemoryStore()) {
    this.#inner = inner;
    this.name = storeName(inner);
    this.trustExpiry = inner.trustExpiry ?? false;
    this.hashIds = inner.hashIds ?? false;
    if (inner.touch) {
      this.touch = (key, record) =>
        this.#seen(
          'touch',
          () => inner.touch?.(key, record),
          () => ({ outcome: 'ok', record }),
        );
    }
    if (inner.users) this.users = this.#seenIndex(inner.users);
    if (!isAtomic(inner)) return;
    this.load = (key, options) =>
      this.#seen(
        'get',
        () => inner.load(key, options),
        (found) => this.#read(found?.record),
      ) as ReturnType<AtomicStore['load']>;
    this.swap = async (key, expected, record) => {
      if (this.#faults.takeConflict()) return this.#note('set', { outcome: 'conflict' }, null);
      return this.#seen(
        hasExpired(record, currentTime()) ? 'destroy' : 'set',
        async () => this.#keep(key, record, await inner.swap(key, expected, record)),
        (version) => ({ outcome: version === null ? 'conflict' : 'ok', record }),
      );
    };
  }

  /** The calls since `reset`, oldest first. */
  get calls(): readonly StoreCallRecord[] {
    return this.#calls;
  }

  /** Of all records that were ever written through it. @internal */
  get keys(): ReadonlySet<string> {
    return this.#keys;
  }

  get(key: string): Promise<SessionRecord | null | undefined> {
    return this.#seen(
      'get',
      () => this.#inner.get(key),
      (record) => this.#read(record),
    );
  }

  set(key: string, record: SessionRecord): Promise<unknown> {
    const run = async () => this.#keep(key, record, (await this.#inner.set(key, record)) ?? true);
    return this.#seen('set', run, () => ({ outcome: 'ok', record }));
  }

  destroy(key: string): Promise<unknown> {
    return this.#seen(
      'destroy',
      () => this.#inner.destroy(key),
      () => ({ outcome: 'ok' }),
    );
  }

  /** The sessions that are there now. */
  async sessions(): Promise<StoredSessionView[]> {
    const views: StoredSessionView[] = [];
    for (const [key, record] of await this.snapshot()) {
      const session = parseRecord(record);
      if (!session) continue;
      const { data, createdAt, expiresAt } = session;
      views.push({ key, data, createdAt, expiresAt });
    }
    return views;
  }

  /** The record of a session ID as it is stored, or null. */
  async raw(id: string): Promise<SessionRecord | null> {
    return (await this.peek(hashSessionId(id))) ?? this.peek(id);
  }

  /** The record under a key, past faults and `calls`. @internal */
  async peek(key: string): Promise<SessionRecord | null> {
    return (await this.#inTime(() => this.#inner.get(key))) ?? null;
  }

  /** All records as they are now. */
  async snapshot(): Promise<StoreSnapshot> {
    const records = new Map<string, SessionRecord>();
    for (const key of this.#keys) {
      const record = await this.peek(key);
      if (record) records.set(key, structuredClone(record));
    }
    return records;
  }

  /** Makes the records what they were; later sessions are removed. */
  async restore(snapshot: StoreSnapshot): Promise<void> {
    for (const key of this.#keys) if (!snapshot.has(key)) await this.remove(key);
    for (const [key, record] of snapshot) await this.write(key, record);
  }

  /** Writes a record past faults and `calls`, as if it had been there before. @internal */
  async write(key: string, record: SessionRecord): Promise<void> {
    this.#keys.add(key);
    const { user, notedUntil } = parseRecord(record) ?? {};
    await this.#inTime(async () => {
      if (user && notedUntil) await this.#inner.users?.add(user, key, notedUntil);
      await this.#inner.set(key, record);
    });
  }

  /** Removes a record past faults and `calls`, as another server would. @internal */
  async remove(key: string): Promise<void> {
    const user = parseRecord(await this.peek(key))?.user;
    await this.#inner.destroy(key);
    if (user) await this.#inner.users?.remove(user, [key]);
  }

  /** Lets calls of an operation fail. */
  fail(operation: StoreOperation, options: FailOptions = {}): void {
    this.#faults.fail(operation, options);
  }

  /** Lets every call of an operation take this much longer, until `reset`; real milliseconds, not the tester's. */
  delay(operation: StoreOperation, ms: number): void {
    this.#faults.delay(operation, ms);
  }

  /**
   * Lets the next writes find that another request was faster.
   *
   * @throws ERR_SESSION_TESTING where the store within cannot compare and swap.
   */
  conflict(times = 1): void {
    if (!this.swap) {
      throw new SessionError(
        'ERR_SESSION_TESTING',
        `conflict() needs a store that can compare and swap, and ${this.name} cannot. Use a MemoryStore or RedisStore.`,
      );
    }
    this.#faults.conflict(times);
  }

  /** Forgets calls, failures, delays and conflicts; sessions stay. */
  reset(): void {
    this.#calls = [];
    this.#faults.reset();
  }

  /** By the tester's clock, when a test looks in from outside of its requests. */
  #inTime<T>(task: () => T): T {
    const { clock } = this;
    return clock ? withSurroundings({ now: clock.now }, task) : task();
  }

  async #seen<T>(
    operation: StoreOperation,
    run: () => T | Promise<T>,
    judge: (result: T) => Seen,
  ): Promise<T> {
    const start = performance.now();
    try {
      await this.#faults.strike(operation);
      const result = await run();
      return this.#note(operation, judge(result), result, start);
    } catch (error) {
      this.#note(operation, { outcome: 'error' }, undefined, start);
      throw error;
    }
  }

  #seenIndex(users: UserIndex<object>): UserIndex<object> {
    const ok = (): Seen => ({ outcome: 'ok' });
    return {
      add: (user, key, until) => this.#seen('index', () => users.add(user, key, until), ok),
      remove: (user, keys) => this.#seen('unindex', () => users.remove(user, keys), ok),
      list: (user) => this.#seen('list', () => users.list(user), ok),
    };
  }

  #note<T>(operation: StoreOperation, { outcome, record }: Seen, result: T, start = performance.now()): T {
    const expiresAt = recordTime(record?.cookie?.expires);
    const ttl = expiresAt === null ? undefined : Math.round((expiresAt - currentTime()) / 1000);
    const durationMs = performance.now() - start;
    this.#calls.push({ operation, outcome, ...(ttl !== undefined && { ttl }), durationMs });
    return result;
  }

  #read(record: SessionRecord | null | undefined): Seen {
    if (!record) return { outcome: 'miss' };
    return { outcome: !this.trustExpiry && hasExpired(record, currentTime()) ? 'expired' : 'hit', record };
  }

  #keep<T>(key: string, record: SessionRecord, result: T): T {
    if (result !== null && !hasExpired(record, currentTime())) this.#keys.add(key);
    return result;
  }
}

interface Seen {
  readonly outcome: StoreOutcome;
  readonly record?: SessionRecord;
}
