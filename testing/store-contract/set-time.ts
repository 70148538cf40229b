import type { CallOptions } from '../../src/store-contract/store.js';
import { LONG_MS, pick, recordOf } from './records.js';
import type { StoreSuite } from './suite.js';
import { ADA, entry, keysIn } from './user-entries.js';

const YEAR_MS = 365 * 86_400_000;
const MINUTE_MS = 60_000;

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

    testIndex('users keep an entry that ends later', async ({ users }) => {
      const now = Date.now() - YEAR_MS;
      for (const key of ['one', 'two']) await users.add(ADA, entry(key, { until: now + LONG_MS }), at(now));
      expect(keysIn(await users.list(ADA, { limit: 9 }, at(now)))).toEqual(['one', 'two']);
    });

    testIndex(
      'list says for a minute after a key was added that the entry is recent',
      async ({ store, users }) => {
        const now = Date.now() - YEAR_MS;
        const isRecent = async (time: number) =>
          (await users.list(ADA, { limit: 9 }, at(time))).entries.map((one) => one.isRecent);
        await users.add(ADA, entry('one'), at(now));
        await store.set('one', recordOf({}, LONG_MS, now), at(now));
        expect(await isRecent(now + MINUTE_MS / 2)).toEqual([true]);
        expect(await isRecent(now + MINUTE_MS + 1000)).toEqual([false]);
        await users.add(ADA, entry('one', { from: 'one' }), at(now + 2 * MINUTE_MS));
        expect(await isRecent(now + 2 * MINUTE_MS)).toEqual([false]);
        await users.add(ADA, entry('two', { entry: 'of-one', from: 'one' }), at(now + 3 * MINUTE_MS));
        expect(await isRecent(now + 3.5 * MINUTE_MS)).toEqual([true]);
      },
    );

    testIndex(
      'revoke says whether an entry is recent, and keeps one whose record is gone',
      async ({ users }) => {
        const now = Date.now() - YEAR_MS;
        const later = at(now + 2 * MINUTE_MS);
        await users.add(ADA, entry('one'), at(now));
        expect((await users.revoke(ADA, {}, at(now))).map((one) => one.isRecent)).toEqual([true]);
        for (const key of ['two', 'three', 'four']) await users.add(ADA, entry(key), later);
        const [first] = await users.revoke(ADA, { limit: 1 }, later);
        expect([first?.entry, first?.isRecent]).toEqual(['of-one', false]);
      },
    );
  });
}
