import { instant, recordOf, SHORT_MS } from './records.js';
import type { StoreSuite } from './suite.js';

/** Asks that `touch`, where a store has it, moves the end of a record and does nothing else. */
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

    test('leaves the data as it is', async ({ store, read, holds }) => {
      if (!store.touch) return;
      await store.set('id', recordOf({ n: 1, list: [1] }));
      await store.touch('id', recordOf({ n: 2, other: true }));
      await holds('id', { n: 1, list: [1] });
      expect('other' in ((await read('id')) ?? {})).toBe(false);
    });

    test('leaves the data as it is, though it is given none', async ({ store, holds }) => {
      if (!store.touch) return;
      await store.set('id', recordOf({ n: 1, list: [1] }));
      await store.touch('id', recordOf({}));
      await holds('id', { n: 1, list: [1] });
    });

    test('moves the date in the record, where that decides', async ({ store, read }) => {
      if (!store.touch || store.expiry === 'store') return;
      await store.set('id', recordOf({ n: 1 }, SHORT_MS));
      const later = recordOf({ n: 1 });
      await store.touch('id', later);
      expect(instant((await read('id'))?.cookie)).toBe(instant(later.cookie));
    });

    test('makes no record where there is none', async ({ store, holds }) => {
      await store.touch?.('missing', recordOf({ n: 1 }));
      await holds('missing', null);
    });

    test('brings back nothing that was destroyed', async ({ store, holds }) => {
      await store.set('id', recordOf({ n: 1 }));
      await store.destroy('id');
      await store.touch?.('id', recordOf({ n: 1 }));
      await holds('id', null);
    });

    if (!expires) return;

    test('brings back nothing that has expired', async ({ store, holds, outlive }) => {
      await store.set('id', recordOf({ n: 1 }, SHORT_MS));
      await outlive(SHORT_MS);
      await store.touch?.('id', recordOf({ n: 1 }));
      await holds('id', null);
    });

    test('can bring the expiry forward', async ({ store, holds, outlive }) => {
      if (!store.touch) return;
      await store.set('id', recordOf({ n: 1 }));
      await store.touch('id', recordOf({ n: 1 }, SHORT_MS));
      await outlive(SHORT_MS);
      await holds('id', null);
    });
  });
}
