import { testConcurrentWriters } from './concurrency.js';
import type { StoreContract, TestRunner } from './contract-types.js';
import { testExpiry } from './expiry.js';
import { testExpiryKeeper } from './expiry-keeper.js';
import { testIds } from './ids.js';
import { testSetTime } from './set-time.js';
import { createSuite } from './suite.js';
import { testCompareAndSwap } from './swap.js';
import { testTouch } from './touch.js';
import { testUsers } from './users.js';
import { testValues } from './values.js';

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
    testExpiryKeeper(suite);
    testConcurrentWriters(suite);
    testCompareAndSwap(suite);
    testUsers(suite);
    testSetTime(suite);
  });
}
