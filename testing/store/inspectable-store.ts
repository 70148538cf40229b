import type { StoreOperation } from '../../src/events/session-event.js';
import { SessionError } from '../../src/lib/errors.js';
import { parseRecord } from '../../src/record/record.js';
import { hasExpired } from '../../src/record/record-time.js';
import { hashSessionId } from '../../src/record/session-id.js';
import {
  type CallOptions,
  type CompareAndSwap,
  callOptions,
  type SessionRecord,
  type Store,
  storeName,
  type UserIndex,
} from '../../src/store-contract/store.js';
import { MemoryStore } from '../../src/stores/memory/memory-store.js';
import { CallLog, type CallReport } from './call-log.js';
import { type FailOptions, StoreFaults } from './store-faults.js';
import type { SessionView, StoreCallRecord, StoreSnapshot } from './store-views.js';
import type { TestClock } from './test-clock.js';

/**
 * A store whose calls can be looked at and made to fail, around any other; a MemoryStore if none is given. It can do
 * what the store within can: it has the same capabilities.
 *
 * Sessions are listed that were written through it.
 *
 * @example
 * const store = new InspectableStore();
 * store.fail('set', { times: 1 });
 */
export class InspectableStore implements Store<object> {
  readonly name: string;
  readonly hashIds: boolean;
  readonly touch?: NonNullable<Store<object>['touch']>;
  readonly atomic?: CompareAndSwap<object>;
  readonly users?: UserIndex<object>;
  /** What a tester gave it: testers that share a store share its time. @internal */
  clock: TestClock | undefined;
  readonly #inner: Store<object>;
  readonly #faults = new StoreFaults();
  readonly #log = new CallLog(this.#faults);
  readonly #keys = new Set<string>();

  constructor(inner: Store<object> = new MemoryStore()) {
    this.#inner = inner;
    this.name = storeName(inner);
    this.hashIds = inner.hashIds ?? false;
    if (inner.touch) this.touch = (key, record, options) => this.#seenTouch(key, record, options);
    if (inner.atomic) this.atomic = this.#seenSwaps(inner.atomic);
    if (inner.users) this.users = this.#seenIndex(inner.users);
  }

  /** Where a tester has set the time, the dates in the records decide: the store within cannot put its own clock forward. */
  get expiry(): 'record' | 'store' {
    return this.clock ? 'record' : (this.#inner.expiry ?? 'record');
  }

  /** The calls since `reset`, oldest first. */
  get calls(): readonly StoreCallRecord[] {
    return this.#log.calls;
  }

  /** Of all records that were ever written through it. @internal */
  get keys(): ReadonlySet<string> {
    return this.#keys;
  }

  get(key: string, options: CallOptions = this.#options): Promise<SessionRecord | null | undefined> {
    return this.#log.seen(
      'get',
      options,
      () => this.#inner.get(key, options),
      (record) => this.#toReport(record, options),
    );
  }

  set(key: string, record: SessionRecord, options: CallOptions = this.#options): Promise<unknown> {
    const run = async () => {
      const result = (await this.#inner.set(key, record, options)) ?? true;
      return this.#keep(key, record, result, options);
    };
    return this.#log.seen('set', options, run, () => ({ outcome: 'ok', record }));
  }

  destroy(key: string, options: CallOptions = this.#options): Promise<unknown> {
    return this.#log.seen(
      'destroy',
      options,
      () => this.#inner.destroy(key, options),
      () => ({ outcome: 'ok' }),
    );
  }

  /** The sessions that are there now. */
  async sessions(): Promise<SessionView[]> {
    const views: SessionView[] = [];
    for (const [key, record] of await this.snapshot()) {
      const parsed = parseRecord(record);
      if (!parsed) continue;
      const { data, createdAt, expiresAt } = parsed.session;
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
    return (await this.#inner.get(key, this.#options)) ?? null;
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
    const parsed = parseRecord(record);
    if (parsed?.is === 'session') {
      const { user, indexedUntil } = parsed.session;
      if (user && indexedUntil) await this.#inner.users?.add(user, key, indexedUntil, this.#options);
    }
    await this.#inner.set(key, record, this.#options);
  }

  /** Removes a record past faults and `calls`, as another server would. @internal */
  async remove(key: string): Promise<void> {
    const user = parseRecord(await this.peek(key))?.session.user;
    await this.#inner.destroy(key, this.#options);
    if (user) await this.#inner.users?.remove(user, [key], this.#options);
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
    if (!this.atomic) {
      throw new SessionError(
        'ERR_SESSION_TESTING',
        `conflict() needs a store that can compare and swap, and ${this.name} cannot. Use a MemoryStore or RedisStore.`,
      );
    }
    this.#faults.conflict(times);
  }

  /** Forgets calls, failures, delays and conflicts; sessions stay. */
  reset(): void {
    this.#log.reset();
    this.#faults.reset();
  }

  /** For what a test does to the store from outside of its requests. */
  get #options(): CallOptions {
    return callOptions(this.clock);
  }

  #seenTouch(key: string, record: SessionRecord, options = this.#options): Promise<unknown> {
    const run = () => this.#inner.touch?.(key, record, options);
    return this.#log.seen('touch', options, run, () => ({ outcome: 'ok', record }));
  }

  #seenSwaps(inner: CompareAndSwap<object>): CompareAndSwap<object> {
    return {
      load: (key, options) =>
        this.#log.seen(
          'get',
          options,
          () => inner.load(key, options),
          (found) => this.#toReport(found?.record, options),
        ),
      swap: async (key, expected, record, options) => {
        const run = async () => {
          if (this.#faults.takeConflict()) return null;
          return this.#keep(key, record, await inner.swap(key, expected, record, options), options);
        };
        return this.#log.seen(
          hasExpired(record, options.now) ? 'destroy' : 'set',
          options,
          run,
          (version) => ({
            outcome: version === null ? 'conflict' : 'ok',
            record,
          }),
        );
      },
    };
  }

  #seenIndex(users: UserIndex<object>): UserIndex<object> {
    const ok = (): CallReport => ({ outcome: 'ok' });
    return {
      add: (user, key, until, options) =>
        this.#log.seen('index', options, () => users.add(user, key, until, options), ok),
      remove: (user, keys, options) =>
        this.#log.seen('unindex', options, () => users.remove(user, keys, options), ok),
      list: (user, options) => this.#log.seen('list', options, () => users.list(user, options), ok),
    };
  }

  #toReport(record: SessionRecord | null | undefined, { now }: CallOptions): CallReport {
    if (!record) return { outcome: 'miss' };
    return { outcome: this.expiry === 'record' && hasExpired(record, now) ? 'expired' : 'hit', record };
  }

  #keep<T>(key: string, record: SessionRecord, result: T, { now }: CallOptions): T {
    if (result !== null && !hasExpired(record, now)) this.#keys.add(key);
    return result;
  }
}
