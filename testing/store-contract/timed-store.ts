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

/** A store as the tests call it: each call passes the current time, unless the test passes another one. */
export interface TimedStore {
  readonly expiry: 'record' | 'store';
  readonly touch: ((id: string, record: SessionRecord<object>, options?: CallOptions) => unknown) | undefined;
  readonly atomic: TimedCompareAndSwap | undefined;
  readonly users: TimedUserIndex | undefined;
  /** Returns the record, or `null` if there is none. */
  get(id: string, options?: CallOptions): Promise<SessionRecord<object> | null>;
  set(id: string, record: SessionRecord<object>, options?: CallOptions): unknown;
  destroy(id: string, options?: CallOptions): unknown;
}

export interface TimedCompareAndSwap {
  load(id: string, options?: Partial<LoadOptions>): Promise<LoadedRecord<object> | null>;
  swap(
    id: string,
    expected: string | null,
    record: SessionRecord<object>,
    options?: CallOptions,
  ): Promise<string | null>;
}

export interface TimedUserIndex {
  add(user: string, id: string, until: number, options?: CallOptions): unknown;
  remove(user: string, ids: readonly string[], options?: CallOptions): unknown;
  list(user: string, options?: CallOptions): Promise<IndexedSession<object>[]>;
}

/** Wraps a store so that each call passes the current time, as calls of a session do. */
export function timed(store: Store<object>): TimedStore {
  const { expiry = 'record', touch, atomic, users } = store;
  return {
    expiry,
    touch: touch && ((id, record, options = callOptions()) => touch.call(store, id, record, options)),
    atomic: atomic && timedSwaps(atomic),
    users: users && timedIndex(users),
    get: async (id, options = callOptions()) => (await store.get(id, options)) ?? null,
    set: (id, record, options = callOptions()) => store.set(id, record, options),
    destroy: (id, options = callOptions()) => store.destroy(id, options),
  };
}

function timedSwaps(atomic: CompareAndSwap<object>): TimedCompareAndSwap {
  return {
    load: (id, options) => atomic.load(id, { ...callOptions(), ...options }),
    swap: (id, expected, record, options = callOptions()) => atomic.swap(id, expected, record, options),
  };
}

function timedIndex(users: UserIndex<object>): TimedUserIndex {
  return {
    add: (user, id, until, options = callOptions()) => users.add(user, id, until, options),
    remove: (user, ids, options = callOptions()) => users.remove(user, ids, options),
    list: (user, options = callOptions()) => users.list(user, options),
  };
}
