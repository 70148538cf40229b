import type { CallOptions } from '../../src/store-contract/store.js';
import { LONG_MS, pick, recordOf } from './records.js';
import type { StoreSuite } from './suite.js';

const YEAR_MS = 365 * 86_400_000;
const ADA = 'ada'.padEnd(43, 'a');

/** Returns the options of a call at a time that a test has set. */
const at = (now: number): CallOptions => ({ now, clock: 'test' });

/**
 * Tests that a store uses the time that a test has set, a year before or after the time of the system.
 *
 * Only for stores with `atomic`, since these decide themselves which records have expired. Other stores may
 * leave that to the session.
 */
export function testSetTime({ describe, expect, contract, testSwap, testIndex }: StoreSuite): void {
  if (contract.atomic === false && contract.users === false) return;

  describe('with the time set by a test', () => {
    testSwap('set keeps a record that expires later', async ({ store }) => {
      const now = Date.now() - YEAR_MS;
      await store.set('id', recordOf({ n: 1 }, LONG_MS, now), at(now));
      expect(pick(await store.get('id', at(now)), { n: 1 })).toEqual({ n: 1 });
    });

    testSwap('set deletes the record if the new expiry is earlier', async ({ store }) => {
      const now = Date.now() + YEAR_MS;
      await store.set('id', recordOf({ n: 1 }, LONG_MS, now), at(now));
      await store.set('id', recordOf({ n: 2 }), at(now));
      expect(await store.get('id', at(now))).toBe(null);
    });

    testSwap('swap keeps a record that expires later', async ({ atomic }) => {
      const now = Date.now() - YEAR_MS;
      const version = await atomic.swap('id', null, recordOf({ n: 1 }, LONG_MS, now), at(now));
      const loaded = await atomic.load('id', at(now));
      expect(pick(loaded?.record ?? null, { n: 1 })).toEqual({ n: 1 });
      expect(typeof (await atomic.swap('id', version, recordOf({ n: 2 }, LONG_MS, now), at(now)))).toBe(
        'string',
      );
    });

    testSwap('swap deletes the record if the new expiry is earlier', async ({ atomic }) => {
      const now = Date.now() + YEAR_MS;
      const version = await atomic.swap('id', null, recordOf({ n: 1 }, LONG_MS, now), at(now));
      expect(typeof (await atomic.swap('id', version, recordOf({ n: 2 }), at(now)))).toBe('string');
      expect(await atomic.load('id', at(now))).toBe(null);
    });

    testSwap(
      'load gives null for a record that expired, if expiry is "record"',
      async ({ store, atomic }) => {
        // With "store", a system whose clock no test can set may end the records.
        if (store.expiry === 'store') return;
        const now = Date.now();
        const later = at(now + 2 * LONG_MS);
        const version = await atomic.swap('id', null, recordOf({ n: 1 }, LONG_MS, now), at(now));
        expect(await atomic.load('id', later)).toBe(null);
        expect(await atomic.swap('id', version, recordOf({ n: 2 }, LONG_MS, later.now), later)).toBe(null);
        expect(typeof (await atomic.swap('id', null, recordOf({ n: 3 }, LONG_MS, later.now), later))).toBe(
          'string',
        );
      },
    );

    testIndex('users keep an entry that expires later', async ({ users }) => {
      const now = Date.now() - YEAR_MS;
      await users.add(ADA, 'one', now + LONG_MS, at(now));
      await users.add(ADA, 'two', now + LONG_MS, at(now));
      expect((await users.list(ADA, at(now))).map(({ id }) => id).sort()).toEqual(['one', 'two']);
    });
  });
}
