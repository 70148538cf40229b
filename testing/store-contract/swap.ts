import { type Data, pick, recordOf } from './records.js';
import type { StoreSuite } from './suite.js';
import { testSwapExpiry } from './swap-expiry.js';

const AT_ONCE = Array.from({ length: 50 }, (_, index) => index);
const COUNTERS = 10;
const INCREMENTS = 5;

/** Asks of `atomic` that of several writers who read the same version, one writes. */
export function testCompareAndSwap(suite: StoreSuite): void {
  const { describe, expect, contract, testSwap } = suite;
  if (contract.atomic === false) return;

  describe('compare and swap', () => {
    testSwap('load gives null for a missing record', async ({ atomic }) => {
      expect(await atomic.load('missing')).toBe(null);
    });

    testSwap('load gives what get gives, with a version', async ({ atomic, store }) => {
      const data = { name: 'ada', list: [1, null, {}] };
      await store.set('id', recordOf(data));
      const loaded = await atomic.load('id');
      expect(pick(loaded?.record ?? null, data)).toEqual(data);
      expect(typeof loaded?.version).toBe('string');
    });

    testSwap('creates a record where none is expected and none is', async ({ atomic, holds }) => {
      expect(typeof (await atomic.swap('id', null, recordOf({ n: 1 })))).toBe('string');
      await holds('id', { n: 1 });
    });

    testSwap('creates none where one is', async ({ atomic, store, holds }) => {
      await store.set('id', recordOf({ n: 1 }));
      expect(await atomic.swap('id', null, recordOf({ n: 2 }))).toBe(null);
      await holds('id', { n: 1 });
    });

    testSwap('replaces the version that load gave', async ({ atomic, store, holds }) => {
      await store.set('id', recordOf({ n: 1 }));
      const loaded = await atomic.load('id');
      expect(typeof (await atomic.swap('id', loaded?.version ?? null, recordOf({ n: 2 })))).toBe('string');
      await holds('id', { n: 2 });
    });

    testSwap('replaces the version that swap gave', async ({ atomic, holds }) => {
      const first = await atomic.swap('id', null, recordOf({ n: 1 }));
      const second = await atomic.swap('id', first, recordOf({ n: 2 }));
      const third = await atomic.swap('id', second, recordOf({ n: 3 }));
      expect([typeof first, typeof second, typeof third]).toEqual(['string', 'string', 'string']);
      await holds('id', { n: 3 });
    });

    testSwap('refuses a version that was replaced', async ({ atomic, holds }) => {
      const first = await atomic.swap('id', null, recordOf({ n: 1 }));
      await atomic.swap('id', first, recordOf({ n: 2 }));
      expect(await atomic.swap('id', first, recordOf({ n: 3 }))).toBe(null);
      await holds('id', { n: 2 });
    });

    testSwap('refuses after a set by someone else', async ({ atomic, store, holds }) => {
      const first = await atomic.swap('id', null, recordOf({ n: 1 }));
      await store.set('id', recordOf({ n: 2 }));
      expect(await atomic.swap('id', first, recordOf({ n: 3 }))).toBe(null);
      await holds('id', { n: 2 });
    });

    testSwap('brings back no record that was destroyed', async ({ atomic, store, holds }) => {
      const first = await atomic.swap('id', null, recordOf({ n: 1 }));
      await store.destroy('id');
      expect(await atomic.swap('id', first, recordOf({ n: 2 }))).toBe(null);
      await holds('id', null);
    });

    testSwap('refuses a record that was destroyed and made again', async ({ atomic, store, holds }) => {
      const first = await atomic.swap('id', null, recordOf({ n: 1 }));
      await store.destroy('id');
      await atomic.swap('id', null, recordOf({ n: 2 }));
      expect(await atomic.swap('id', first, recordOf({ n: 3 }))).toBe(null);
      await holds('id', { n: 2 });
    });

    testSwap('is not changed through what was written or loaded', async ({ atomic, holds }) => {
      const written = recordOf({ list: [1] });
      await atomic.swap('id', null, written);
      (written.list as number[]).push(2);
      const loaded = await atomic.load('id');
      ((loaded?.record as Data | undefined)?.list as number[] | undefined)?.push(3);
      await holds('id', { list: [1] });
    });

    testSwap(`of ${AT_ONCE.length} that create at once, one does`, async ({ atomic, holds }) => {
      const versions = await Promise.all(AT_ONCE.map((n) => atomic.swap('id', null, recordOf({ n }))));
      const winners = AT_ONCE.filter((n) => versions[n] !== null);
      expect(winners.length).toBe(1);
      await holds('id', { n: winners[0] });
    });

    testSwap(`of ${AT_ONCE.length} that replace at once, one does`, async ({ atomic, holds }) => {
      const first = await atomic.swap('id', null, recordOf({ n: -1 }));
      const versions = await Promise.all(AT_ONCE.map((n) => atomic.swap('id', first, recordOf({ n }))));
      const winners = AT_ONCE.filter((n) => versions[n] !== null);
      expect(winners.length).toBe(1);
      await holds('id', { n: winners[0] });
    });

    testSwap('loses no increment of several counters at once', async ({ atomic, store, holds }) => {
      await store.set('id', recordOf({ n: 0 }));
      const increment = async (): Promise<void> => {
        const loaded = await atomic.load('id');
        const n = Number((loaded?.record as Data | undefined)?.n) + 1;
        const version = await atomic.swap('id', loaded?.version ?? null, recordOf({ n }));
        if (version === null) await increment();
      };
      const count = async () => {
        for (let round = 0; round < INCREMENTS; round++) await increment();
      };
      await Promise.all(Array.from({ length: COUNTERS }, count));
      await holds('id', { n: COUNTERS * INCREMENTS });
    });

    testSwapExpiry(suite);
  });
}
