import { testConcurrentWriters } from './concurrency.js';
import type { StoreContract, TestRunner } from './contract-types.js';
import { testExpiry } from './expiry.js';
import { testExpiryKeeper } from './expiry-keeper.js';
import { testHistories } from './histories.js';
import { testIds } from './ids.js';
import { testLargeRecords } from './large-records.js';
import { testSetTime } from './set-time.js';
import { createSuite } from './suite.js';
import { testCompareAndSwap } from './swap.js';
import { testTouch } from './touch.js';
import { testUsers } from './users.js';
import { testValues } from './values.js';

/**
 * Adds tests of everything that the contract of a store says. Call it at the top of a test file, in any test
 * runner. Each test creates its own store.
 *
 * @param runner `describe`, `it` and `expect` of your test runner
 * @param contract how to create the store, and what it promises
 * @example
 * import { testStore } from 'next-app-session/testing';
 * import { describe, expect, it } from 'vitest';
 * import { MyStore } from './my-store';
 *
 * testStore({ describe, it, expect }, { create: ({ name }) => new MyStore({ prefix: name }) });
 */
export function testStore(runner: TestRunner, contract: StoreContract): void {
  const suite = createSuite(runner, contract);
  runner.describe('store contract', () => {
    testValues(suite);
    testIds(suite);
    testExpiry(suite);
    testTouch(suite);
    testExpiryKeeper(suite);
    testConcurrentWriters(suite);
    testCompareAndSwap(suite);
    testUsers(suite);
    testSetTime(suite);
    testLargeRecords(suite);
    testHistories(suite);
  });
}
