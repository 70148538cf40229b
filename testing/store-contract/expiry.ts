import type { SessionRecord } from '../../src/store-contract/store.js';
import {
  compactRecordOf,
  type Data,
  ENDLESS,
  EXPIRED,
  expiredRecord,
  recordOf,
  SHORT_MS,
} from './records.js';
import type { StoreSuite } from './suite.js';

/** Tests that a store keeps a record until `cookie.expires`, and no longer. */
export function testExpiry({ describe, contract, test }: StoreSuite): void {
  const { expires = true } = contract;

  describe('expiry', () => {
    for (const [name, expired] of Object.entries(EXPIRED)) {
      test(`set deletes the record if its expiry has passed: ${name}`, async ({ store, holds }) => {
        await store.set('id', recordOf({ n: 1 }));
        await store.set('id', expired({ n: 2 }));
        await holds('id', null);
      });
    }

    test('set creates no record if its expiry has passed', async ({ store, holds }) => {
      await store.set('id', expiredRecord({ n: 1 }));
      await holds('id', null);
    });

    for (const [name, endless] of Object.entries(ENDLESS)) {
      test(`set keeps a record without an expiry: ${name}`, async ({ store, holds }) => {
        const record: SessionRecord<Data> = { n: 1, ...endless };
        await store.set('id', record);
        await holds('id', { n: 1 });
      });
    }

    test('set moves the expiry to a later time', async ({ store, holds, outlive }) => {
      await store.set('id', recordOf({ n: 1 }, SHORT_MS));
      await store.set('id', recordOf({ n: 2 }));
      await outlive(SHORT_MS);
      await holds('id', { n: 2 });
    });

    if (!expires) return;

    test('get gives null for an expired record, and still gives others', async ({
      store,
      holds,
      outlive,
    }) => {
      await store.set('other', recordOf({ n: 1 }));
      await store.set('id', recordOf({ n: 2 }, SHORT_MS));
      await outlive(SHORT_MS);
      await holds('id', null);
      await holds('other', { n: 1 });
    });

    test('get gives null for an expired record whose date is a number', async ({ store, holds, outlive }) => {
      await store.set('other', compactRecordOf({ n: 1 }));
      await store.set('id', compactRecordOf({ n: 2 }, SHORT_MS));
      await holds('id', { n: 2 });
      await outlive(SHORT_MS);
      await holds('id', null);
      await holds('other', { n: 1 });
    });

    test('set creates a new record with the ID of an expired one', async ({
      store,
      read,
      holds,
      outlive,
    }) => {
      await store.set('id', recordOf({ n: 1 }, SHORT_MS));
      await outlive(SHORT_MS);
      await read('id');
      await store.set('id', recordOf({ n: 2 }));
      await holds('id', { n: 2 });
    });

    test('set moves the expiry to an earlier time', async ({ store, holds, outlive }) => {
      await store.set('id', recordOf({ n: 1 }));
      await store.set('id', recordOf({ n: 2 }, SHORT_MS));
      await outlive(SHORT_MS);
      await holds('id', null);
    });
  });
}
