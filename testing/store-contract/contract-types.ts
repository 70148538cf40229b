import type { Store } from '../../src/store-contract/store.js';

/** What is used of a test runner: Vitest, Jest, or node:test with Jest's `expect` package. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>): unknown;
  expect(actual: unknown): { toBe(expected: unknown): unknown; toEqual(expected: unknown): unknown };
}

export interface StoreContext {
  /**
   * A name for all that the store keeps, a letter and then letters, digits and `_`: a key prefix, a table, a
   * folder. No two tests get the same one, so that they can share a server.
   */
  readonly name: string;
}

/** A store under test, with what belongs to it. */
export interface StoreUnderTest {
  readonly store: Store<object>;
  /** Makes time pass for the store. @default waiting: the suite then takes some seconds */
  advance?(ms: number): unknown;
  /** Runs after the test, passed or failed. */
  cleanup?(): unknown;
}

export interface StoreContract {
  /** Makes an empty store. Called for each test, and twice by the one that looks whether stores are isolated. */
  create(context: StoreContext): Store<object> | StoreUnderTest | Promise<Store<object> | StoreUnderTest>;

  /**
   * Whether the store can compare and swap. True: it fails without `store.atomic`. False: that is not tested.
   * @default whether it has it
   */
  atomic?: boolean;

  /**
   * Whether the store knows which sessions are whose. True: it fails without `store.users`. False: that is not tested.
   * @default whether it has it
   */
  users?: boolean;

  /**
   * Whether `get` leaves out records that have expired. A store that does not, such as a plain Map, is fine too: the
   * session then decides by the record's date. One with `expiry: 'store'` has to, whatever is said here.
   * @default true
   */
  expires?: boolean;

  /** How late the store may notice that a record has expired, in milliseconds; 1000 where it counts seconds. @default 0 */
  expiryPrecision?: number;

  /** The longest session ID that the store has to take. @default 256, the longest there is */
  maxIdLength?: number;
}
