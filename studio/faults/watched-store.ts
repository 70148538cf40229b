import type { StoreOperation } from '../../src/events/session-event.js';
import { hasExpired } from '../../src/record/record-time.js';
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

/** What the studio does around the calls of a store. */
export interface StoreWatch {
  /** Whether the time of the sessions is not that of the store. */
  readonly isClockSet: boolean;
  /**
   * Runs a call.
   *
   * @param key of its session; null if it is about none.
   */
  intercept<T>(operation: StoreOperation, key: string | null, call: () => T | Promise<T>): T | Promise<T>;
  /**
   * Tells that a record was written.
   *
   * @param record as JSON.
   */
  wrote(key: string, record: string): void;
}

/** A store around the app's own, with the same capabilities. */
export class WatchedStore implements Store<object> {
  readonly name: string;
  readonly hashIds: boolean;
  readonly serializer: object | undefined;
  readonly touch?: NonNullable<Store<object>['touch']>;
  readonly atomic?: CompareAndSwap<object>;
  readonly users?: UserIndex<object>;
  readonly #inner: Store<object>;
  readonly #watch: StoreWatch;

  constructor(inner: Store<object>, watch: StoreWatch) {
    this.#inner = inner;
    this.#watch = watch;
    this.name = storeName(inner);
    this.hashIds = inner.hashIds ?? false;
    this.serializer = inner.serializer;
    if (inner.touch) {
      this.touch = (key, record, options) =>
        watch.intercept('touch', key, () => inner.touch?.(key, record, options));
    }
    if (inner.atomic) this.atomic = this.#swaps(inner.atomic);
    if (inner.users) this.users = watchedIndex(inner.users, watch);
  }

  /** `record` while the clock is put forward: the store within cannot move its own. */
  get expiry(): 'record' | 'store' {
    return this.#watch.isClockSet ? 'record' : (this.#inner.expiry ?? 'record');
  }

  get(key: string, options?: ReadOptions) {
    return this.#watch.intercept('get', key, () => this.#inner.get(key, options));
  }

  set(key: string, record: SessionRecord, options: CallOptions = callOptions()) {
    return this.#watch.intercept('set', key, async () => {
      // First: the record is the store's from then on.
      const written = JSON.stringify(record);
      await this.#inner.set(key, record, options);
      this.#watch.wrote(key, written);
    });
  }

  destroy(key: string, options?: CallOptions) {
    return this.#watch.intercept('destroy', key, () => this.#inner.destroy(key, options));
  }

  #swaps(inner: CompareAndSwap<object>): CompareAndSwap<object> {
    const watch = this.#watch;
    return {
      // What the store has at hand comes without a promise.
      load: (key, options) =>
        watch.intercept('get', key, () => inner.load(key, options)) as ReturnType<typeof inner.load>,
      swap: async (key, expected, record, options) => {
        const isRemoval = hasExpired(record, options.now);
        return watch.intercept(isRemoval ? 'destroy' : 'set', key, async () => {
          const written = JSON.stringify(record);
          const version = await inner.swap(key, expected, record, options);
          if (version !== null && !isRemoval) watch.wrote(key, written);
          return version;
        });
      },
    };
  }
}

function watchedIndex(users: UserIndex<object>, watch: StoreWatch): UserIndex<object> {
  return {
    add: async (user, entry, options) =>
      watch.intercept('index', entry.key, () => users.add(user, entry, options)),
    remove: (user, keys, options) =>
      watch.intercept('unindex', null, () => users.remove(user, keys, options)),
    list: async (user, page, options) => watch.intercept('list', null, () => users.list(user, page, options)),
    revoke: async (user, choice, options) =>
      watch.intercept('revoke', null, () => users.revoke(user, choice, options)),
  };
}
