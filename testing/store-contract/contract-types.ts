import type { Store } from '../../src/store-contract/store.js';

/**
 * The functions of a test runner that `testStore` uses. Those of Vitest and Jest fit as they are. With
 * `node:test`, take `describe` and `it` from there, and `expect` from Jest's `expect` package.
 */
export interface TestRunner {
  /**
   * Groups tests.
   * @param name the title of the group
   * @param body adds the tests of the group
   */
  describe(name: string, body: () => void): unknown;

  /**
   * Adds a test.
   * @param name the title of the test
   * @param body runs the test. The test fails if the promise rejects.
   */
  it(name: string, body: () => Promise<void>): unknown;

  /**
   * Starts an assertion.
   * @param actual the value to check
   * @returns `toBe`, which throws unless both values are the same by `Object.is`, and `toEqual`, which throws
   * unless they are deeply equal.
   */
  expect(actual: unknown): { toBe(expected: unknown): unknown; toEqual(expected: unknown): unknown };
}

/** What `create` gets for each store that it creates. */
export interface StoreContext {
  /**
   * A name for everything that the store keeps: use it as a key prefix, a table or a folder. Every store gets
   * another name, so that all tests can share one server. It starts with a letter, and has letters, digits
   * and `_`.
   */
  readonly name: string;
}

/** A store under test, with the functions that its tests need. */
export interface StoreUnderTest {
  /** The store, empty. */
  readonly store: Store<object>;

  /**
   * Opens the store once more, as another process of the app would: another client, with the same records. The
   * tests of histories call three of them at once, beside `store`. Close them in `cleanup`.
   * @default `store` itself, so that the tests see no mistake between two clients, such as a cache
   */
  another?(): Store<object> | Promise<Store<object>>;

  /**
   * Lets time pass for the store, for example by moving a fake clock. `Date.now()` may move with it.
   * @param ms how much time, in milliseconds
   * @default really waits, so that the suite takes some seconds
   */
  advance?(ms: number): unknown;

  /**
   * Runs after the test, whether it passed or failed. Delete the store's data and close its connection here.
   * @default does nothing
   */
  cleanup?(): unknown;
}

/** The store that `testStore` tests: how to create it, and what it promises. */
export interface StoreContract {
  /**
   * Creates an empty store. Called once for each test, and twice for the test of two stores.
   * @param context holds a name that no other store gets
   * @returns the store alone, or with `advance` and `cleanup`
   */
  create(context: StoreContext): Store<object> | StoreUnderTest | Promise<Store<object> | StoreUnderTest>;

  /**
   * Whether the store can compare and swap. With `true`, the tests fail if `store.atomic` is missing. With
   * `false`, there are no tests of it.
   * @default tests it if the store has it
   */
  atomic?: boolean | undefined;

  /**
   * Whether the store has an index of each user. With `true`, the tests fail if `store.users` is missing.
   * With `false`, there are no tests of it.
   * @default tests it if the store has it
   */
  users?: boolean | undefined;

  /**
   * Whether `get` returns no expired records. `false` is fine for a simple store, for example a Map: the
   * session then checks the date in each record. A store with `expiry: 'store'` must never return an expired
   * record, even with `false`.
   * @default true
   */
  expires?: boolean | undefined;

  /**
   * How late the store may notice that a record has expired, in milliseconds. For example 1000 if it counts
   * whole seconds.
   * @default 0
   */
  expiryPrecision?: number | undefined;

  /**
   * The length of the longest session ID that the store must accept, in letters.
   * @default 256, the longest that the session allows
   */
  maxIdLength?: number | undefined;
}
