import type { SessionRecord } from '../../src/store-contract/store.js';
import { LONG_MS, pick, recordOf, SHORT_MS } from './records.js';
import type { StoreSuite, Subject } from './suite.js';

const ADA = 'ada'.padEnd(43, 'a');

/** Asks what follows from `expiry`: who ends a session that is not used. */
export function testExpiryKeeper(suite: StoreSuite): void {
  const { describe, contract } = suite;

  describe('a store that ends sessions itself', () => {
    testEndedRecords(suite);
    testMovedEnds(suite);
    testLeftMs(suite);
  });

  if (contract.atomic === false && contract.users === false) return;
  describe('a store where the date in the record ends sessions', () => testNoLeftMs(suite));
}

/** Asks that none of the ways to read gives a record whose time is over, whatever the contract says of `get`. */
function testEndedRecords({ expect, test, testSwap, testIndex }: StoreSuite): void {
  test('gets no record whose time is over', async ({ store, holds, outlive }) => {
    if (store.expiry !== 'store') return;
    await store.set('id', recordOf({ n: 1 }, SHORT_MS));
    await outlive(SHORT_MS);
    await holds('id', null);
  });

  testSwap('loads no record whose time is over', async ({ store, atomic, outlive }) => {
    if (store.expiry !== 'store') return;
    await store.set('id', recordOf({ n: 1 }, SHORT_MS));
    await outlive(SHORT_MS);
    expect(await atomic.load('id')).toBe(null);
  });

  testIndex('lists no record whose time is over', async ({ store, users, outlive }) => {
    if (store.expiry !== 'store') return;
    await users.add(ADA, 'id', Date.now() + LONG_MS);
    await store.set('id', recordOf({ n: 1 }, SHORT_MS));
    await outlive(SHORT_MS);
    expect((await users.list(ADA)).filter(({ record }) => record !== null)).toEqual([]);
  });
}

/** Asks that the end is where `touch` moved it, though the date in the record has passed. */
function testMovedEnds({ expect, test, testSwap, testIndex }: StoreSuite): void {
  /** Leaves a record that lives on by a touch alone. Returns false on a store that cannot. */
  const moved = async ({ store, outlive }: Subject): Promise<boolean> => {
    if (store.expiry !== 'store' || !store.touch) return false;
    await store.set('id', recordOf({ n: 1 }, SHORT_MS));
    await store.touch('id', recordOf({ n: 2, other: true }));
    await outlive(SHORT_MS);
    return true;
  };

  test('gets what touch kept alive, with its data as it was', async (subject) => {
    if (!(await moved(subject))) return;
    await subject.holds('id', { n: 1 });
    expect('other' in ((await subject.read('id')) ?? {})).toBe(false);
  });

  testSwap('loads what touch kept alive, and knows its end if it says one', async (subject) => {
    if (!(await moved(subject))) return;
    const loaded = await subject.atomic.load('id');
    expect(pick(loaded?.record ?? null, { n: 1 })).toEqual({ n: 1 });
    expect(isNoneOrAbove0(loaded?.leftMs)).toBe(true);
  });

  testIndex('lists what touch kept alive, and knows its end if it says one', async (subject) => {
    await subject.users.add(ADA, 'id', Date.now() + LONG_MS);
    if (!(await moved(subject))) return;
    const [session] = await subject.users.list(ADA);
    expect(pick(session?.record ?? null, { n: 1 })).toEqual({ n: 1 });
    expect(isNoneOrAbove0(session?.leftMs)).toBe(true);
  });
}

/** Asks that a record lives for as long as `load` says. */
function testLeftMs({ expect, contract, testSwap }: StoreSuite): void {
  const { expiryPrecision = 0 } = contract;

  testSwap('keeps a record for as long as load says', async ({ store, atomic, pass, holds }) => {
    if (store.expiry !== 'store') return;
    // Nearly timed out: what it has left is less than what each use gives it.
    await store.set('id', withLifetime(LONG_MS, recordOf({ n: 1 }, SHORT_MS)));
    const leftMs = (await atomic.load('id', { slideMs: LONG_MS }))?.leftMs;
    if (leftMs === undefined) return;
    expect(leftMs > 0).toBe(true);
    await pass(Math.min(leftMs / 2, 2 * SHORT_MS + expiryPrecision));
    await holds('id', { n: 1 });
  });

  testSwap('keeps a record for no longer than load says', async ({ store, atomic, outlive, holds }) => {
    if (store.expiry !== 'store') return;
    await store.set('id', withLifetime(SHORT_MS, recordOf({ n: 1 })));
    const leftMs = (await atomic.load('id', { slideMs: SHORT_MS }))?.leftMs;
    if (leftMs === undefined || leftMs > SHORT_MS) return;
    await outlive(leftMs);
    await holds('id', null);
  });

  testSwap(
    'gives a version that can be swapped, though load moved the end',
    async ({ store, atomic, holds }) => {
      if (store.expiry !== 'store') return;
      await store.set('id', recordOf({ n: 1 }));
      const loaded = await atomic.load('id', { slideMs: LONG_MS });
      expect(typeof (await atomic.swap('id', loaded?.version ?? null, recordOf({ n: 2 })))).toBe('string');
      await holds('id', { n: 2 });
    },
  );
}

/** Asks that a store which does not decide over the end says nothing of it. */
function testNoLeftMs({ expect, testSwap, testIndex }: StoreSuite): void {
  testSwap('loads no leftMs', async ({ store, atomic }) => {
    if (store.expiry === 'store') return;
    await store.set('id', recordOf({ n: 1 }));
    expect((await atomic.load('id'))?.leftMs).toBe(undefined);
  });

  testIndex('lists no leftMs', async ({ store, users }) => {
    if (store.expiry === 'store') return;
    await users.add(ADA, 'id', Date.now() + LONG_MS);
    await store.set('id', recordOf({ n: 1 }));
    expect((await users.list(ADA)).map(({ leftMs }) => leftMs)).toEqual([undefined]);
  });
}

/** Returns the record with this idle lifetime, and its end where it was. */
function withLifetime(originalMaxAge: number, { cookie, ...record }: SessionRecord): SessionRecord {
  return { ...record, cookie: { ...cookie, originalMaxAge } };
}

function isNoneOrAbove0(leftMs: number | undefined): boolean {
  return leftMs === undefined || leftMs > 0;
}
