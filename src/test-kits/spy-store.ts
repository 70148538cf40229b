import type {
  AtomicStore,
  LoadOptions,
  SessionRecord,
  Store,
  UserIndex,
  Versioned,
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
export class SpyStore implements AtomicStore {
  readonly spy = new Spy();
  readonly memory = new MemoryStore();
  readonly hashIds = true;
  readonly users: UserIndex = {
    add: (user, id, until) => this.spy.seen('index', user, () => this.memory.users.add(user, id, until)),
    remove: (user, ids) => this.spy.seen('unindex', user, () => this.memory.users.remove(user, ids)),
    list: (user) => this.spy.seen('list', user, () => this.memory.users.list(user)),
  };

  get(id: string): Promise<SessionRecord | null> {
    return this.spy.seen('get', id, () => this.memory.get(id));
  }
  load(id: string, _options: LoadOptions): Promise<Versioned | null> {
    return this.spy.seen('get', id, () => this.memory.load(id));
  }
  set(id: string, record: SessionRecord): Promise<void> {
    return this.spy.seen('set', id, () => this.memory.set(id, record));
  }
  swap(id: string, expected: string | null, record: SessionRecord): Promise<string | null> {
    return this.spy.seen('set', id, () => this.memory.swap(id, expected, record));
  }
  destroy(id: string): Promise<void> {
    return this.spy.seen('destroy', id, () => this.memory.destroy(id));
  }
}

/** Starts the idle timeout anew at each read, as RedisStore does. */
export class SlidingStore extends SpyStore {
  override async load(id: string, { idleMs }: LoadOptions): Promise<Versioned | null> {
    const record = await this.get(id);
    if (!record) return null;
    const expires = new Date(Date.now() + idleMs).toISOString();
    await this.memory.set(id, { ...record, cookie: { ...record.cookie, expires } });
    const loaded = await this.memory.load(id);
    return loaded && { ...loaded, slid: true };
  }
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
