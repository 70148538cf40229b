import { pick, recordOf, SHORT_MS } from './records.js';
import type { StoreSuite, Subject } from './suite.js';
import { ADA, entry, recordedKeys, recordsOf } from './user-entries.js';

/** Tests what `expiry` promises about who ends a session that is not used. */
export function testExpiryKeeper(suite: StoreSuite): void {
  suite.describe('a store with expiry "store"', () => {
    testExpiredRecords(suite);
    testMovedExpiry(suite);
  });
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

  testSwap('load gives a record that touch kept alive', async (subject) => {
    if (!(await keptAlive(subject))) return;
    const loaded = await subject.atomic.load('id');
    expect(pick(loaded?.record ?? null, { n: 1 })).toEqual({ n: 1 });
  });

  testIndex('list gives a record that touch kept alive', async (subject) => {
    await subject.users.add(ADA, entry('id'));
    if (!(await keptAlive(subject))) return;
    const [found] = recordsOf((await subject.users.list(ADA)).entries);
    expect(pick(found?.record ?? null, { n: 1 })).toEqual({ n: 1 });
  });
}
