import type {
  CallOptions,
  CompareAndSwap,
  SessionRecord,
  Store,
  UserIndex,
} from '../store-contract/store.js';
import { MemoryStore } from '../stores/memory/memory-store.js';

type Operation = 'get' | 'set' | 'destroy' | 'touch' | 'index' | 'unindex' | 'list';

/** Counts the calls to a store, and makes the next ones fail or wait. */
class Spy {
  readonly calls: Operation[] = [];
  readonly keys: string[] = [];
  #faults: { operation: Operation; run: () => Promise<unknown> }[] = [];

  /** Runs `run` in place of, or before, the next call of `operation`. */
  before(operation: Operation, run: () => Promise<unknown>): void {
    this.#faults.push({ operation, run });
  }

  fail(operation: Operation, error: unknown): void {
    this.before(operation, () => Promise.reject(error));
  }

  hang(operation: Operation): void {
    this.before(operation, () => new Promise(() => {}));
  }

  /** Forgets faults that have not come up. */
  calm(): void {
    this.#faults = [];
  }

  async seen<T>(operation: Operation, id: string, run: () => T): Promise<Awaited<T>> {
    this.calls.push(operation);
    this.keys.push(id);
    const at = this.#faults.findIndex((fault) => fault.operation === operation);
    if (at >= 0) await this.#faults.splice(at, 1)[0]?.run();
    return await run();
  }

  reset(): void {
    this.calls.length = 0;
    this.keys.length = 0;
  }
}

/** A store that can compare and swap, spied on. */
export class SpyStore implements Store {
  readonly spy = new Spy();
  readonly memory = new MemoryStore();
  readonly hashIds = true;
  readonly atomic: CompareAndSwap = {
    load: (id, options) => this.spy.seen('get', id, () => this.memory.atomic.load(id, options)),
    swap: (id, expected, record, options) =>
      this.spy.seen('set', id, () => this.memory.atomic.swap(id, expected, record, options)),
  };
  readonly users: UserIndex = {
    add: (user, id, until, options) =>
      this.spy.seen('index', user, () => this.memory.users.add(user, id, until, options)),
    remove: (user, ids, options) =>
      this.spy.seen('unindex', user, () => this.memory.users.remove(user, ids, options)),
    list: (user, options) => this.spy.seen('list', user, () => this.memory.users.list(user, options)),
  };

  get(id: string, options?: CallOptions): Promise<SessionRecord | null> {
    return this.spy.seen('get', id, () => this.memory.get(id, options));
  }
  set(id: string, record: SessionRecord, options?: CallOptions): Promise<void> {
    return this.spy.seen('set', id, () => this.memory.set(id, record, options));
  }
  destroy(id: string): Promise<void> {
    return this.spy.seen('destroy', id, () => this.memory.destroy(id));
  }
}

/** Keeps the time of its records itself, and starts it again at each read, as RedisStore does. */
export class SlidingStore extends SpyStore {
  readonly expiry = 'store';
  override readonly atomic: CompareAndSwap = {
    load: async (id, options) => {
      const record = await this.get(id, options);
      const { now, slideMs } = options;
      // As RedisStore, it leaves alone what has a lifetime of its own.
      const isSlid = slideMs !== undefined && record?.cookie?.originalMaxAge === slideMs;
      if (isSlid) {
        const expires = new Date(now + slideMs).toISOString();
        await this.memory.set(id, { ...record, cookie: { ...record.cookie, expires } }, options);
      }
      const loaded = await this.memory.atomic.load(id, options);
      return loaded && { ...loaded, leftMs: isSlid ? slideMs : undefined };
    },
    swap: (id, expected, record, options) =>
      this.spy.seen('set', id, () => this.memory.atomic.swap(id, expected, record, options)),
  };
}

/** A store as a 1.x app would have written it: three methods on a Map of JSON, no expiry. */
export class PlainStore implements Store {
  readonly spy = new Spy();
  readonly records = new Map<string, string>();

  get(id: string): Promise<SessionRecord | null> {
    return this.spy.seen('get', id, () => JSON.parse(this.records.get(id) ?? 'null'));
  }
  set(id: string, record: SessionRecord): Promise<void> {
    return this.spy.seen('set', id, () => void this.records.set(id, JSON.stringify(record)));
  }
  destroy(id: string): Promise<void> {
    return this.spy.seen('destroy', id, () => void this.records.delete(id));
  }
}
