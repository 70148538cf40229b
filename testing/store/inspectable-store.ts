import type { StoreOperation } from '../../src/events/session-event.js';
import { isTooDeep, MAX_DEPTH } from '../../src/lib/json.js';
import type { ResolvedOptions } from '../../src/options/options.js';
import { hasExpired } from '../../src/record/record-time.js';
import { hashSessionId } from '../../src/record/session-id.js';
import { USED_BY } from '../../src/session-internals.js';
import {
  type CallOptions,
  type CompareAndSwap,
  callOptions,
  type ReadOptions,
  type SessionRecord,
  type Store,
  storeName,
  type UserIndex,
} from '../../src/store-contract/store.js';
import { isUnreadable } from '../../src/store-contract/unreadable.js';
import { MemoryStore } from '../../src/stores/memory/memory-store.js';
import { CallLog, type CallReport } from './call-log.js';
import { loggedIndex } from './logged-index.js';
import { checkStore, misuse } from './misuse.js';
import { RecordReader } from './record-reader.js';
import { type FailOptions, StoreFaults } from './store-faults.js';
import type { SessionView, StoreCallRecord, StoreSnapshot } from './store-views.js';
import type { TestClock } from './test-clock.js';

/**
 * A store around another one, with the same capabilities. It lists the calls, and can make them fail, wait or
 * conflict. `sessions`, `snapshot` and `restore` know only the sessions that were written through it.
 *
 * @example
 * const store = new InspectableStore();
 * store.fail('set', { times: 1 });
 */
export class InspectableStore implements Store<object> {
  readonly name: string;
  readonly hashIds: boolean;
  readonly serializer: object | undefined;
  readonly touch?: NonNullable<Store<object>['touch']>;
  readonly atomic?: CompareAndSwap<object>;
  readonly users?: UserIndex<object>;
  /** The clock of the tester that uses it first. Testers that share a store share its time. @internal */
  clock: TestClock | undefined;
  readonly #inner: Store<object>;
  readonly #faults = new StoreFaults();
  readonly #log = new CallLog(this.#faults);
  readonly #keys = new Set<string>();
  readonly #reader = new RecordReader();

  /** @param inner the store within. @default a new MemoryStore */
  constructor(inner: Store<object> = new MemoryStore()) {
    checkStore(inner);
    this.#inner = inner;
    this.name = storeName(inner);
    this.hashIds = inner.hashIds ?? false;
    this.serializer = inner.serializer;
    if (inner.touch) this.touch = (key, record, options) => this.#loggedTouch(key, record, options);
    if (inner.atomic) this.atomic = this.#loggedSwaps(inner.atomic);
    if (inner.users) this.users = loggedIndex(inner.users, this.#log);
  }

  /** @internal */
  [USED_BY](options: ResolvedOptions): void {
    this.#reader.addUser(options);
  }

  /** `record` if a tester sets the time: the store within cannot move its clock. Else as in that store. */
  get expiry(): 'record' | 'store' {
    return this.clock ? 'record' : (this.#inner.expiry ?? 'record');
  }

  /** The calls since the last `reset`, the oldest first. */
  get calls(): readonly StoreCallRecord[] {
    return this.#log.calls;
  }

  /** The keys of all records that were written through it. @internal */
  get keys(): ReadonlySet<string> {
    return this.#keys;
  }

  get(key: string, options: ReadOptions = this.#options): Promise<SessionRecord | null | undefined> {
    return this.#log.run(
      'get',
      options,
      () => this.#inner.get(key, options),
      (record) => this.#toReport(record, options),
    );
  }

  set(key: string, record: SessionRecord, options: CallOptions = this.#options): Promise<unknown> {
    const run = async () => {
      const result = (await this.#inner.set(key, record, options)) ?? true;
      return this.#remember(key, record, result, options);
    };
    return this.#log.run('set', options, run, () => ({ outcome: 'ok', record }));
  }

  destroy(key: string, options: CallOptions = this.#options): Promise<unknown> {
    return this.#log.run(
      'destroy',
      options,
      () => this.#inner.destroy(key, options),
      () => ({ outcome: 'ok' }),
    );
  }

  /** Returns the sessions in the store, with grace copies, and with expired ones that are still there. */
  async sessions(): Promise<SessionView[]> {
    const views: SessionView[] = [];
    for (const [key, record] of await this.snapshot()) {
      const parsed = this.#reader.parse(record, key);
      if (!parsed || parsed.is === 'later') continue;
      const { data, createdAt, expiresAt } = parsed.session;
      views.push({ key, data, createdAt, expiresAt });
    }
    return views;
  }

  /** Returns the record of a session ID as it is stored, or null. */
  async raw(id: string): Promise<SessionRecord | null> {
    return (await this.peek(hashSessionId(id))) ?? this.peek(id);
  }

  /** Returns the record under a key, or null, also for one that cannot be read. `calls` does not list it. @internal */
  async peek(key: string): Promise<SessionRecord | null> {
    try {
      return (await this.#inner.get(key, this.#options)) ?? null;
    } catch (error) {
      if (isUnreadable(error)) return null;
      throw error;
    }
  }

  /** Returns a copy of all records that can be read. */
  async snapshot(): Promise<StoreSnapshot> {
    const records = new Map<string, SessionRecord>();
    for (const key of this.#keys) {
      const record = await this.peek(key);
      if (record && !isTooDeep(record, MAX_DEPTH + 1)) records.set(key, structuredClone(record));
    }
    return records;
  }

  /** Writes the records of a snapshot again, and deletes all others. */
  async restore(snapshot: StoreSnapshot): Promise<void> {
    for (const key of this.#keys) if (!snapshot.has(key)) await this.delete(key);
    for (const [key, record] of snapshot) await this.write(key, record);
  }

  /** Writes a record and its index entries. Faults do not apply, and `calls` does not list it. @internal */
  async write(key: string, record: SessionRecord): Promise<void> {
    this.#keys.add(key);
    const parsed = this.#reader.parse(record, key);
    for (const { user, id, until } of parsed?.is === 'session' ? parsed.session.entries : []) {
      await this.#inner.users?.add(user, { entry: id, key, until }, this.#options);
    }
    await this.#inner.set(key, record, this.#options);
  }

  /** Deletes a record and its index entries. Faults do not apply, and `calls` does not list it. @internal */
  async delete(key: string): Promise<void> {
    const parsed = this.#reader.parse(await this.peek(key), key);
    await this.#inner.destroy(key, this.#options);
    const entries = parsed && 'session' in parsed ? parsed.session.entries : [];
    for (const { user, id } of entries) {
      await this.#inner.users?.remove(user, [{ entry: id, key }], this.#options);
    }
  }

  /** Makes calls of an operation fail. */
  fail(operation: StoreOperation, options: FailOptions = {}): void {
    this.#faults.fail(operation, options);
  }

  /**
   * Makes every call of an operation take longer, until `reset`.
   * @param ms how much longer, in real milliseconds, not in those of the tester's clock.
   */
  delay(operation: StoreOperation, ms: number): void {
    this.#faults.delay(operation, ms);
  }

  /**
   * Makes the next writes find that another request was faster. The session then tries again.
   * @param times how many writes. @default 1
   * @throws ERR_SESSION_TESTING if the store within cannot compare and swap.
   */
  conflict(times = 1): void {
    if (!this.atomic) {
      throw misuse(
        `conflict() needs compare and swap, and ${this.name} cannot. Use a MemoryStore, RedisStore or SqlStore.`,
      );
    }
    this.#faults.conflict(times);
  }

  /** Clears `calls` and ends failures, delays and conflicts. Sessions stay. */
  reset(): void {
    this.#log.reset();
    this.#faults.reset();
  }

  /** The options of the calls that a test makes outside of its requests. */
  get #options(): CallOptions {
    return callOptions(this.clock);
  }

  #loggedTouch(key: string, record: SessionRecord, options = this.#options): Promise<unknown> {
    const run = () => this.#inner.touch?.(key, record, options);
    return this.#log.run('touch', options, run, () => ({ outcome: 'ok', record }));
  }

  #loggedSwaps(inner: CompareAndSwap<object>): CompareAndSwap<object> {
    return {
      load: (key, options) =>
        this.#log.run(
          'get',
          options,
          () => inner.load(key, options),
          (found) => (found?.unreadable ? { outcome: 'rejected' } : this.#toReport(found?.record, options)),
        ),
      swap: async (key, expected, record, options) => {
        const run = async () => {
          if (this.#faults.takeConflict()) return null;
          return this.#remember(key, record, await inner.swap(key, expected, record, options), options);
        };
        const isRemoval = hasExpired(record, options.now);
        return this.#log.run(isRemoval ? 'destroy' : 'set', options, run, (version) => ({
          outcome: version === null ? 'conflict' : 'ok',
          ...(!isRemoval && { record }),
        }));
      },
    };
  }

  #toReport(record: SessionRecord | null | undefined, { now }: CallOptions): CallReport {
    if (!record) return { outcome: 'miss' };
    return { outcome: this.expiry === 'record' && hasExpired(record, now) ? 'expired' : 'hit', record };
  }

  /** Keeps the key of what was written, and returns the result of the write. */
  #remember<T>(key: string, record: SessionRecord, result: T, { now }: CallOptions): T {
    if (result !== null && !hasExpired(record, now)) this.#keys.add(key);
    return result;
  }
}
