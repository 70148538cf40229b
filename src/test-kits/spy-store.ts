import type {
  CallOptions,
  CompareAndSwap,
  SessionRecord,
  Store,
  UserIndex,
} from '../store-contract/store.js';
import { MemoryStore } from '../stores/memory/memory-store.js';

type Operation = 'get' | 'set' | 'destroy' | 'touch' | 'index' | 'unindex' | 'list' | 'revoke';

/** An error with which a server refuses a command, and changes nothing. */
export const REFUSAL = new Error('OOM command not allowed when used memory > maxmemory.');

/** Records the calls of a store, and makes later ones fail or wait. */
class Spy {
  readonly calls: Operation[] = [];
  readonly keys: string[] = [];
  #faults: { operation: Operation; run: () => Promise<unknown> }[] = [];
  readonly #lost: { operation: Operation; error: unknown }[] = [];

  /** Runs `run` before the next call of `operation`. If it rejects, the call fails and is not made. */
  before(operation: Operation, run: () => Promise<unknown>): void {
    this.#faults.push({ operation, run });
  }

  /** Makes the next calls of `operation` fail. They are not made. */
  fail(operation: Operation, error: unknown, times = 1): void {
    for (let call = 0; call < times; call++) this.before(operation, () => Promise.reject(error));
  }

  /** Makes the next call of `operation`, and then fails it: its answer is lost. */
  lose(operation: Operation, error: unknown = new Error('Connection is closed.')): void {
    this.#lost.push({ operation, error });
  }

  hang(operation: Operation): void {
    this.before(operation, () => new Promise(() => {}));
  }

  /** Drops the faults that have not occurred yet. */
  calm(): void {
    this.#faults = [];
  }

  /** Records a call, runs its fault if it has one, and makes the call. */
  async seen<T>(operation: Operation, id: string, run: () => T): Promise<Awaited<T>> {
    this.calls.push(operation);
    this.keys.push(id);
    const at = this.#faults.findIndex((fault) => fault.operation === operation);
    if (at >= 0) await this.#faults.splice(at, 1)[0]?.run();
    const result = await run();
    const lost = this.#lost.findIndex((call) => call.operation === operation);
    if (lost >= 0) throw this.#lost.splice(lost, 1)[0]?.error;
    return result;
  }

  reset(): void {
    this.calls.length = 0;
    this.keys.length = 0;
  }
}

/** A MemoryStore whose calls are recorded. It can compare and swap. */
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
    add: (user, entry, options) =>
      this.spy.seen('index', user, () => this.memory.users.add(user, entry, options)),
    remove: (user, keys, options) =>
      this.spy.seen('unindex', user, () => this.memory.users.remove(user, keys, options)),
    list: (user, page, options) =>
      this.spy.seen('list', user, () => this.memory.users.list(user, page, options)),
    revoke: (user, choice, options) =>
      this.spy.seen('revoke', user, () => this.memory.users.revoke(user, choice, options)),
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

/** A SpyStore that ends idle sessions itself, as RedisStore does. */
export class KeepingStore extends SpyStore {
  readonly expiry = 'store';
}

/** A store as an app of 1.x could have it: three methods on a Map of JSON, without expiry. */
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
