import type { SessionRecord } from '../../src/store-contract/store.js';
import { type Data, ENDLESS, EXPIRED, expiredRecord, recordOf, SHORT_MS } from './records.js';
import type { StoreSuite } from './suite.js';

/** Tests what the expiry date in a record means to `swap` and `load`. */
export function testSwapExpiry({ expect, testSwap }: StoreSuite): void {
  for (const [name, expired] of Object.entries(EXPIRED)) {
    testSwap(
      `deletes the record if the new expiry has passed, and no other record: ${name}`,
      async (subject) => {
        const { atomic, holds } = subject;
        const first = await atomic.swap('id', null, recordOf({ n: 1 }));
        await atomic.swap('id2', null, recordOf({ n: 2 }));
        expect(typeof (await atomic.swap('id', first, expired({})))).toBe('string');
        await holds('id', null);
        await holds('id2', { n: 2 });
      },
    );
  }

  testSwap('deletes only the expected version', async ({ atomic, store, holds }) => {
    const first = await atomic.swap('id', null, recordOf({ n: 1 }));
    await store.set('id', recordOf({ n: 2 }));
    expect(await atomic.swap('id', first, expiredRecord({}))).toBe(null);
    await holds('id', { n: 2 });
    await store.destroy('id');
    expect(await atomic.swap('id', first, expiredRecord({}))).toBe(null);
    await holds('id', null);
  });

  testSwap('deletes nothing if it expects null and a record is stored', async ({ atomic, store, holds }) => {
    await store.set('id', recordOf({ n: 1 }));
    expect(await atomic.swap('id', null, expiredRecord({ n: 2 }))).toBe(null);
    await holds('id', { n: 1 });
  });

  testSwap('succeeds and stores nothing if nothing is stored and the expiry has passed', async (subject) => {
    const { atomic, holds } = subject;
    expect(typeof (await atomic.swap('id', null, expiredRecord({ n: 1 })))).toBe('string');
    await holds('id', null);
    expect(await atomic.load('id')).toBe(null);
    expect(typeof (await atomic.swap('id', null, recordOf({ n: 2 })))).toBe('string');
    await holds('id', { n: 2 });
  });

  for (const [name, endless] of Object.entries(ENDLESS)) {
    testSwap(`keeps a record without an expiry: ${name}`, async ({ atomic, holds }) => {
      const record: SessionRecord<Data> = { n: 1, ...endless };
      const next: SessionRecord<Data> = { n: 2, ...endless };
      const first = await atomic.swap('id', null, record);
      await holds('id', { n: 1 });
      expect(typeof (await atomic.swap('id', first, next))).toBe('string');
      await holds('id', { n: 2 });
    });
  }

  testSwap('treats an expired record as missing', async ({ atomic, holds, outlive }) => {
    const first = await atomic.swap('id', null, recordOf({ n: 1 }, SHORT_MS));
    await outlive(SHORT_MS);
    expect(await atomic.load('id')).toBe(null);
    expect(await atomic.swap('id', first, recordOf({ n: 2 }))).toBe(null);
    expect(typeof (await atomic.swap('id', null, recordOf({ n: 3 })))).toBe('string');
    await holds('id', { n: 3 });
  });
}
