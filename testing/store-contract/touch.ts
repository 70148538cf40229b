import { instant, recordOf, SHORT_MS } from './records.js';
import type { StoreSuite } from './suite.js';

/** Tests `touch`, if the store has it: it moves the expiry of a record and does nothing else. */
export function testTouch({ describe, expect, contract, test }: StoreSuite): void {
  const { expires = true } = contract;

  describe('touch', () => {
    test('keeps a record alive', async ({ store, holds, outlive }) => {
      if (!store.touch) return;
      await store.set('id', recordOf({ n: 1 }, SHORT_MS));
      await store.touch('id', recordOf({ n: 1 }));
      await outlive(SHORT_MS);
      await holds('id', { n: 1 });
    });

    test('does not change the data', async ({ store, read, holds }) => {
      if (!store.touch) return;
      await store.set('id', recordOf({ n: 1, list: [1] }));
      await store.touch('id', recordOf({ n: 2, other: true }));
      await holds('id', { n: 1, list: [1] });
      expect('other' in ((await read('id')) ?? {})).toBe(false);
    });

    test('does not change the data when it gets none', async ({ store, holds }) => {
      if (!store.touch) return;
      await store.set('id', recordOf({ n: 1, list: [1] }));
      await store.touch('id', recordOf({}));
      await holds('id', { n: 1, list: [1] });
    });

    test('moves the date in the record if expiry is "record"', async ({ store, read }) => {
      if (!store.touch || store.expiry === 'store') return;
      await store.set('id', recordOf({ n: 1 }, SHORT_MS));
      const later = recordOf({ n: 1 });
      await store.touch('id', later);
      expect(instant((await read('id'))?.cookie)).toBe(instant(later.cookie));
    });

    test('does not create a record', async ({ store, holds }) => {
      await store.touch?.('missing', recordOf({ n: 1 }));
      await holds('missing', null);
    });

    test('does not bring back a destroyed record', async ({ store, holds }) => {
      await store.set('id', recordOf({ n: 1 }));
      await store.destroy('id');
      await store.touch?.('id', recordOf({ n: 1 }));
      await holds('id', null);
    });

    if (!expires) return;

    test('does not bring back an expired record', async ({ store, holds, outlive }) => {
      await store.set('id', recordOf({ n: 1 }, SHORT_MS));
      await outlive(SHORT_MS);
      await store.touch?.('id', recordOf({ n: 1 }));
      await holds('id', null);
    });

    test('moves the expiry to an earlier time', async ({ store, holds, outlive }) => {
      if (!store.touch) return;
      await store.set('id', recordOf({ n: 1 }));
      await store.touch('id', recordOf({ n: 1 }, SHORT_MS));
      await outlive(SHORT_MS);
      await holds('id', null);
    });
  });
}
