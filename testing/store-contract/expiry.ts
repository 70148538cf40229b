import type { SessionRecord } from '../../src/store-contract/store.js';
import { type Data, ENDLESS, expiredRecord, recordOf, SHORT_MS } from './records.js';
import type { StoreSuite } from './suite.js';

/** Asks that a record is there until `cookie.expires`, and not longer. */
export function testExpiry({ describe, contract, test }: StoreSuite): void {
  const { expires = true } = contract;

  describe('expiry', () => {
    test('set with one that has passed removes the record', async ({ store, holds }) => {
      await store.set('id', recordOf({ n: 1 }));
      await store.set('id', expiredRecord({ n: 2 }));
      await holds('id', null);
    });

    test('set with one that has passed creates none', async ({ store, holds }) => {
      await store.set('id', expiredRecord({ n: 1 }));
      await holds('id', null);
    });

    for (const [name, endless] of Object.entries(ENDLESS)) {
      test(`set keeps a record without one: ${name}`, async ({ store, holds }) => {
        const record: SessionRecord<Data> = { n: 1, ...endless };
        await store.set('id', record);
        await holds('id', { n: 1 });
      });
    }

    test('set moves it', async ({ store, holds, outlive }) => {
      await store.set('id', recordOf({ n: 1 }, SHORT_MS));
      await store.set('id', recordOf({ n: 2 }));
      await outlive(SHORT_MS);
      await holds('id', { n: 2 });
    });

    if (!expires) return;

    test('ends a record, and no other', async ({ store, holds, outlive }) => {
      await store.set('other', recordOf({ n: 1 }));
      await store.set('id', recordOf({ n: 2 }, SHORT_MS));
      await outlive(SHORT_MS);
      await holds('id', null);
      await holds('other', { n: 1 });
    });

    test('leaves the ID free for a new record', async ({ store, read, holds, outlive }) => {
      await store.set('id', recordOf({ n: 1 }, SHORT_MS));
      await outlive(SHORT_MS);
      await read('id');
      await store.set('id', recordOf({ n: 2 }));
      await holds('id', { n: 2 });
    });

    test('can be brought forward by set', async ({ store, holds, outlive }) => {
      await store.set('id', recordOf({ n: 1 }));
      await store.set('id', recordOf({ n: 2 }, SHORT_MS));
      await outlive(SHORT_MS);
      await holds('id', null);
    });
  });
}
