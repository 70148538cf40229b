import type { SessionRecord } from '../../src/store-contract/store.js';
import { LONG_MS, pick, recordOf, SHORT_MS } from './records.js';
import type { StoreSuite, Subject } from './suite.js';
import { ADA, entry, recordedKeys, recordsOf } from './user-entries.js';

/** How much time a slow store may lose within one call. */
const SLOW_CALL_MS = 5000;

/** Tests what `expiry` promises about who ends a session that is not used. */
export function testExpiryKeeper(suite: StoreSuite): void {
  const { describe, contract } = suite;

  describe('a store with expiry "store"', () => {
    testExpiredRecords(suite);
    testMovedExpiry(suite);
    testLeftMs(suite);
  });

  if (contract.atomic === false && contract.users === false) return;
  describe('a store with expiry "record"', () => testNoLeftMs(suite));
}

/** Tests that no method returns an expired record, even if the contract says `expires: false`. */
function testExpiredRecords({ expect, test, testSwap, testIndex }: StoreSuite): void {
  test('get gives null for an expired record', async ({ store, holds, outlive }) => {
    if (store.expiry !== 'store') return;
    await store.set('id', recordOf({ n: 1 }, SHORT_MS));
    await outlive(SHORT_MS);
    await holds('id', null);
  });

  testSwap('load gives null for an expired record', async ({ store, atomic, outlive }) => {
    if (store.expiry !== 'store') return;
    await store.set('id', recordOf({ n: 1 }, SHORT_MS));
    await outlive(SHORT_MS);
    expect(await atomic.load('id')).toBe(null);
  });

  testIndex('list gives no expired record', async ({ store, users, outlive }) => {
    if (store.expiry !== 'store') return;
    await users.add(ADA, entry('id'));
    await store.set('id', recordOf({ n: 1 }, SHORT_MS));
    await outlive(SHORT_MS);
    expect(recordedKeys(await users.list(ADA))).toEqual([]);
  });
}

/** Tests that a record lives as long as `touch` said, even if the date in the record has passed. */
function testMovedExpiry({ expect, test, testSwap, testIndex }: StoreSuite): void {
  /** Stores a record that only a touch keeps alive. Returns false if the store cannot do that. */
  const keptAlive = async ({ store, outlive }: Subject): Promise<boolean> => {
    if (store.expiry !== 'store' || !store.touch) return false;
    await store.set('id', recordOf({ n: 1 }, SHORT_MS));
    await store.touch('id', recordOf({ n: 2, other: true }));
    await outlive(SHORT_MS);
    return true;
  };

  test('get gives a record that touch kept alive, with its data unchanged', async (subject) => {
    if (!(await keptAlive(subject))) return;
    await subject.holds('id', { n: 1 });
    expect('other' in ((await subject.read('id')) ?? {})).toBe(false);
  });

  testSwap('load gives a record that touch kept alive, and no leftMs of 0 or less', async (subject) => {
    if (!(await keptAlive(subject))) return;
    const loaded = await subject.atomic.load('id');
    expect(pick(loaded?.record ?? null, { n: 1 })).toEqual({ n: 1 });
    expect(isAbsentOrAbove0(loaded?.leftMs)).toBe(true);
  });

  testIndex('list gives a record that touch kept alive, and no leftMs of 0 or less', async (subject) => {
    await subject.users.add(ADA, entry('id'));
    if (!(await keptAlive(subject))) return;
    const [found] = recordsOf((await subject.users.list(ADA)).entries);
    expect(pick(found?.record ?? null, { n: 1 })).toEqual({ n: 1 });
    expect(isAbsentOrAbove0(found?.leftMs)).toBe(true);
  });
}

/** Tests that `leftMs` of `load` is true: it is the time that this load has given to the record. */
function testLeftMs({ expect, contract, testSwap }: StoreSuite): void {
  const { expiryPrecision = 0 } = contract;

  testSwap('load gives leftMs only if it slides the idle timeout', async ({ store, atomic }) => {
    if (store.expiry !== 'store') return;
    // A store that only reports the time left before this load would say SHORT_MS or less. The session would
    // then take the idle timeout as moved, and it would run out under a visitor who is active.
    await store.set('id', withLifetime(LONG_MS, recordOf({ n: 1 }, SHORT_MS)));
    const leftMs = (await atomic.load('id', { slideMs: LONG_MS }))?.leftMs;
    if (leftMs === undefined) return;
    expect(Math.abs(leftMs - LONG_MS) <= SLOW_CALL_MS + expiryPrecision).toBe(true);
  });

  testSwap(
    'keeps a record for at least the leftMs that load gave',
    async ({ store, atomic, pass, holds }) => {
      if (store.expiry !== 'store') return;
      // The record has nearly expired: it has less time left than the load gives it.
      await store.set('id', withLifetime(LONG_MS, recordOf({ n: 1 }, SHORT_MS)));
      const leftMs = (await atomic.load('id', { slideMs: LONG_MS }))?.leftMs;
      if (leftMs === undefined) return;
      expect(leftMs > 0).toBe(true);
      await pass(Math.min(leftMs / 2, 2 * SHORT_MS + expiryPrecision));
      await holds('id', { n: 1 });
    },
  );

  testSwap(
    'keeps a record for at most the leftMs that load gave',
    async ({ store, atomic, outlive, holds }) => {
      if (store.expiry !== 'store') return;
      await store.set('id', withLifetime(SHORT_MS, recordOf({ n: 1 })));
      const leftMs = (await atomic.load('id', { slideMs: SHORT_MS }))?.leftMs;
      if (leftMs === undefined || leftMs > SHORT_MS) return;
      await outlive(leftMs);
      await holds('id', null);
    },
  );

  testSwap(
    'load does not change the version when it slides the idle timeout',
    async ({ store, atomic, holds }) => {
      if (store.expiry !== 'store') return;
      await store.set('id', recordOf({ n: 1 }));
      const loaded = await atomic.load('id', { slideMs: LONG_MS });
      expect(typeof (await atomic.swap('id', loaded?.version ?? null, recordOf({ n: 2 })))).toBe('string');
      await holds('id', { n: 2 });
    },
  );
}

/** Tests that a store with expiry "record" gives no `leftMs`: the date in the record decides. */
function testNoLeftMs({ expect, testSwap, testIndex }: StoreSuite): void {
  testSwap('load gives no leftMs', async ({ store, atomic }) => {
    if (store.expiry === 'store') return;
    await store.set('id', recordOf({ n: 1 }));
    expect((await atomic.load('id'))?.leftMs).toBe(undefined);
  });

  testIndex('list gives no leftMs', async ({ store, users }) => {
    if (store.expiry === 'store') return;
    await users.add(ADA, entry('id'));
    await store.set('id', recordOf({ n: 1 }));
    expect(recordsOf((await users.list(ADA)).entries).map(({ leftMs }) => leftMs)).toEqual([undefined]);
  });
}

/** Returns the record with this idle timeout. Its expiry date stays the same. */
function withLifetime(originalMaxAge: number, { cookie, ...record }: SessionRecord): SessionRecord {
  return { ...record, cookie: { ...cookie, originalMaxAge } };
}

function isAbsentOrAbove0(leftMs: number | undefined): boolean {
  return leftMs === undefined || leftMs > 0;
}
