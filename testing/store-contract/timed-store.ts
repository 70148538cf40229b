import {
  type CallOptions,
  type CompareAndSwap,
  callOptions,
  type EntryKey,
  type IndexedSession,
  type IndexedSessions,
  type IndexPage,
  type LoadedRecord,
  type NewEntry,
  type ReadOptions,
  type RemoveOptions,
  type RevokeChoice,
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
  get(id: string, options?: ReadOptions): Promise<SessionRecord<object> | null>;
  set(id: string, record: SessionRecord<object>, options?: CallOptions): unknown;
  destroy(id: string, options?: CallOptions): unknown;
}

export interface TimedCompareAndSwap {
  load(id: string, options?: CallOptions): Promise<LoadedRecord<object> | null>;
  swap(
    id: string,
    expected: string | null,
    record: SessionRecord<object>,
    options?: CallOptions,
  ): Promise<string | null>;
}

/** Without a page, `list` returns the first one of `ALL` entries; without a choice, `revoke` revokes `ALL`. */
export interface TimedUserIndex {
  add(user: string, entry: NewEntry, options?: CallOptions): Promise<boolean>;
  remove(user: string, keys: readonly EntryKey[], options?: RemoveOptions): unknown;
  list(user: string, page?: IndexPage, options?: ReadOptions): Promise<IndexedSessions<object>>;
  revoke(
    user: string,
    choice?: Partial<RevokeChoice>,
    options?: ReadOptions,
  ): Promise<readonly IndexedSession<object>[]>;
}

/** More entries than any test adds. */
const ALL = 1000;

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
    load: async (id, options = callOptions()) => atomic.load(id, options),
    swap: (id, expected, record, options = callOptions()) => atomic.swap(id, expected, record, options),
  };
}

function timedIndex(users: UserIndex<object>): TimedUserIndex {
  return {
    add: (user, entry, options = callOptions()) => users.add(user, entry, options),
    remove: (user, keys, options = callOptions()) => users.remove(user, keys, options),
    list: (user, page = { limit: ALL }, options = callOptions()) => users.list(user, page, options),
    revoke: (user, choice = {}, options = callOptions()) =>
      users.revoke(user, { limit: ALL, ...choice }, options),
  };
}
