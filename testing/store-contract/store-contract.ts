import type { Store } from '../../src/store-contract/store.js';
import { testConcurrentWriters } from './concurrency.js';
import { testExpiry } from './expiry.js';
import { testIds } from './ids.js';
import { createSuite } from './suite.js';
import { testCompareAndSwap } from './swap.js';
import { testTouch } from './touch.js';
import { testUsers } from './users.js';
import { testValues } from './values.js';

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
   * Whether the store can compare and swap. True: it fails without `load` and `swap`. False: they are not tested.
   * @default whether it has them
   */
  atomic?: boolean;

  /**
   * Whether the store notes which sessions are whose. True: it fails without `users`. False: that is not tested.
   * @default whether it has it
   */
  users?: boolean;

  /**
   * Whether `get` leaves out records that have expired. A store that does not, such as a plain Map, is fine too: the
   * session then decides by the record's date.
   * @default true
   */
  expires?: boolean;

  /** How late the store may notice that a record has expired, in milliseconds; 1000 where it counts seconds. @default 0 */
  expiryPrecision?: number;

  /** The longest session ID that the store has to take. @default 256, the longest there is */
  maxIdLength?: number;
}

/**
 * The contract of a session store, as tests: call it in a test file of any runner.
 *
 * @example
 * testStore({ describe, it, expect }, { create: ({ name }) => new MyStore({ prefix: name }) });
 */
export function testStore(runner: TestRunner, contract: StoreContract): void {
  const suite = createSuite(runner, contract);
  runner.describe('store contract', () => {
    testValues(suite);
    testIds(suite);
    testExpiry(suite);
    testTouch(suite);
    testConcurrentWriters(suite);
    testCompareAndSwap(suite);
    testUsers(suite);
  });
}
