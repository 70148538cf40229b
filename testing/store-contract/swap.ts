import { type Data, pick, recordOf } from './records.js';
import type { StoreSuite } from './suite.js';
import { testSwapExpiry } from './swap-expiry.js';

const AT_ONCE = Array.from({ length: 50 }, (_, index) => index);
const COUNTERS = 10;
const INCREMENTS = 5;

/** Tests `atomic`: if several writers read the same version, only one of them writes. */
export function testCompareAndSwap(suite: StoreSuite): void {
  const { describe, expect, contract, testSwap } = suite;
  if (contract.atomic === false) return;

  describe('compare and swap', () => {
    testSwap('load gives null for a missing record', async ({ atomic }) => {
      expect(await atomic.load('missing')).toBe(null);
    });

    testSwap('load gives the record with a version', async ({ atomic, store }) => {
      const data = { name: 'ada', list: [1, null, {}] };
      await store.set('id', recordOf(data));
      const loaded = await atomic.load('id');
      expect(pick(loaded?.record ?? null, data)).toEqual(data);
      expect(typeof loaded?.version).toBe('string');
    });

    testSwap('creates a record if nothing is stored', async ({ atomic, holds }) => {
      expect(typeof (await atomic.swap('id', null, recordOf({ n: 1 })))).toBe('string');
      await holds('id', { n: 1 });
    });

    testSwap('does not create a record if one is stored', async ({ atomic, store, holds }) => {
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

    testSwap('refuses a version from before a set', async ({ atomic, store, holds }) => {
      const first = await atomic.swap('id', null, recordOf({ n: 1 }));
      await store.set('id', recordOf({ n: 2 }));
      expect(await atomic.swap('id', first, recordOf({ n: 3 }))).toBe(null);
      await holds('id', { n: 2 });
    });

    testSwap('does not bring back a destroyed record', async ({ atomic, store, holds }) => {
      const first = await atomic.swap('id', null, recordOf({ n: 1 }));
      await store.destroy('id');
      expect(await atomic.swap('id', first, recordOf({ n: 2 }))).toBe(null);
      await holds('id', null);
    });

    testSwap(
      'refuses the version of an earlier record with the same ID',
      async ({ atomic, store, holds }) => {
        const first = await atomic.swap('id', null, recordOf({ n: 1 }));
        await store.destroy('id');
        await atomic.swap('id', null, recordOf({ n: 2 }));
        expect(await atomic.swap('id', first, recordOf({ n: 3 }))).toBe(null);
        await holds('id', { n: 2 });
      },
    );

    testSwap('keeps its copy when the written or loaded object changes', async ({ atomic, holds }) => {
      const written = recordOf({ list: [1] });
      await atomic.swap('id', null, written);
      (written.list as number[]).push(2);
      const loaded = await atomic.load('id');
      ((loaded?.record as Data | undefined)?.list as number[] | undefined)?.push(3);
      await holds('id', { list: [1] });
    });

    testSwap(`lets one of ${AT_ONCE.length} concurrent swaps create a record`, async ({ atomic, holds }) => {
      const versions = await Promise.all(AT_ONCE.map((n) => atomic.swap('id', null, recordOf({ n }))));
      const winners = AT_ONCE.filter((n) => versions[n] !== null);
      expect(winners.length).toBe(1);
      await holds('id', { n: winners[0] });
    });

    testSwap(`lets one of ${AT_ONCE.length} concurrent swaps replace a record`, async ({ atomic, holds }) => {
      const first = await atomic.swap('id', null, recordOf({ n: -1 }));
      const versions = await Promise.all(AT_ONCE.map((n) => atomic.swap('id', first, recordOf({ n }))));
      const winners = AT_ONCE.filter((n) => versions[n] !== null);
      expect(winners.length).toBe(1);
      await holds('id', { n: winners[0] });
    });

    testSwap('loses no increment of concurrent writers', async ({ atomic, store, holds }) => {
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
