import { type Data, expiredRecord, pick, recordOf, SHORT_MS } from './records.js';
import type { StoreSuite } from './suite.js';

const IDLE = { idleMs: 600_000 };
const AT_ONCE = Array.from({ length: 50 }, (_, index) => index);
const COUNTERS = 10;
const INCREMENTS = 5;

/** `load` and `swap`: of several writers who saw the same, one writes. */
export function testCompareAndSwap({ describe, expect, contract, testSwap }: StoreSuite): void {
  const { atomic, expires = true } = contract;
  if (atomic === false) return;

  describe('compare and swap', () => {
    testSwap('load gives null for a missing record', async ({ store }) => {
      expect(await store.load('missing', IDLE)).toBe(null);
    });

    testSwap('load gives what get gives, with a version', async ({ store }) => {
      const data = { name: 'ada', list: [1, null, {}] };
      await store.set('id', recordOf(data));
      const loaded = await store.load('id', IDLE);
      expect(pick(loaded?.record ?? null, data)).toEqual(data);
      expect(typeof loaded?.version).toBe('string');
    });

    testSwap('creates a record where none is expected and none is', async ({ store, holds }) => {
      expect(typeof (await store.swap('id', null, recordOf({ n: 1 })))).toBe('string');
      await holds('id', { n: 1 });
    });

    testSwap('creates none where one is', async ({ store, holds }) => {
      await store.set('id', recordOf({ n: 1 }));
      expect(await store.swap('id', null, recordOf({ n: 2 }))).toBe(null);
      await holds('id', { n: 1 });
    });

    testSwap('replaces the version that load gave', async ({ store, holds }) => {
      await store.set('id', recordOf({ n: 1 }));
      const loaded = await store.load('id', IDLE);
      expect(typeof (await store.swap('id', loaded?.version ?? null, recordOf({ n: 2 })))).toBe('string');
      await holds('id', { n: 2 });
    });

    testSwap('replaces the version that swap gave', async ({ store, holds }) => {
      const first = await store.swap('id', null, recordOf({ n: 1 }));
      const second = await store.swap('id', first, recordOf({ n: 2 }));
      const third = await store.swap('id', second, recordOf({ n: 3 }));
      expect([typeof first, typeof second, typeof third]).toEqual(['string', 'string', 'string']);
      await holds('id', { n: 3 });
    });

    testSwap('refuses a version that was replaced', async ({ store, holds }) => {
      const first = await store.swap('id', null, recordOf({ n: 1 }));
      await store.swap('id', first, recordOf({ n: 2 }));
      expect(await store.swap('id', first, recordOf({ n: 3 }))).toBe(null);
      await holds('id', { n: 2 });
    });

    testSwap('refuses after a set by someone else', async ({ store, holds }) => {
      const first = await store.swap('id', null, recordOf({ n: 1 }));
      await store.set('id', recordOf({ n: 2 }));
      expect(await store.swap('id', first, recordOf({ n: 3 }))).toBe(null);
      await holds('id', { n: 2 });
    });

    testSwap('brings back no record that was destroyed', async ({ store, holds }) => {
      const first = await store.swap('id', null, recordOf({ n: 1 }));
      await store.destroy('id');
      expect(await store.swap('id', first, recordOf({ n: 2 }))).toBe(null);
      await holds('id', null);
    });

    testSwap('refuses a record that was destroyed and made anew', async ({ store, holds }) => {
      const first = await store.swap('id', null, recordOf({ n: 1 }));
      await store.destroy('id');
      await store.swap('id', null, recordOf({ n: 2 }));
      expect(await store.swap('id', first, recordOf({ n: 3 }))).toBe(null);
      await holds('id', { n: 2 });
    });

    testSwap('removes by an expiry that has passed', async ({ store, holds }) => {
      const first = await store.swap('id', null, recordOf({ n: 1 }));
      expect(typeof (await store.swap('id', first, expiredRecord({})))).toBe('string');
      await holds('id', null);
    });

    testSwap('removes nothing that is not as expected', async ({ store, holds }) => {
      const first = await store.swap('id', null, recordOf({ n: 1 }));
      await store.set('id', recordOf({ n: 2 }));
      expect(await store.swap('id', first, expiredRecord({}))).toBe(null);
      expect(await store.swap('id', null, expiredRecord({}))).toBe(null);
      await holds('id', { n: 2 });
    });

    testSwap('is not changed through what was written or loaded', async ({ store, holds }) => {
      const written = recordOf({ list: [1] });
      await store.swap('id', null, written);
      (written.list as number[]).push(2);
      const loaded = await store.load('id', IDLE);
      ((loaded?.record as Data | undefined)?.list as number[] | undefined)?.push(3);
      await holds('id', { list: [1] });
    });

    testSwap(`of ${AT_ONCE.length} that create at once, one does`, async ({ store, holds }) => {
      const versions = await Promise.all(AT_ONCE.map((n) => store.swap('id', null, recordOf({ n }))));
      const winners = AT_ONCE.filter((n) => versions[n] !== null);
      expect(winners.length).toBe(1);
      await holds('id', { n: winners[0] });
    });

    testSwap(`of ${AT_ONCE.length} that replace at once, one does`, async ({ store, holds }) => {
      const first = await store.swap('id', null, recordOf({ n: -1 }));
      const versions = await Promise.all(AT_ONCE.map((n) => store.swap('id', first, recordOf({ n }))));
      const winners = AT_ONCE.filter((n) => versions[n] !== null);
      expect(winners.length).toBe(1);
      await holds('id', { n: winners[0] });
    });

    testSwap('loses no increment of several counters at once', async ({ store, holds }) => {
      await store.set('id', recordOf({ n: 0 }));
      const increment = async (): Promise<void> => {
        const loaded = await store.load('id', IDLE);
        const n = Number((loaded?.record as Data | undefined)?.n) + 1;
        const version = await store.swap('id', loaded?.version ?? null, recordOf({ n }));
        if (version === null) await increment();
      };
      const count = async () => {
        for (let round = 0; round < INCREMENTS; round++) await increment();
      };
      await Promise.all(Array.from({ length: COUNTERS }, count));
      await holds('id', { n: COUNTERS * INCREMENTS });
    });

    testSwap('load starts the idle timeout anew, if it says so', async ({ store, holds, outlive }) => {
      const record = recordOf({ n: 1 }, SHORT_MS);
      // Nearly timed out: what it has left is less than what each use gives it.
      await store.set('id', { ...record, cookie: { ...record.cookie, originalMaxAge: IDLE.idleMs } });
      const loaded = await store.load('id', IDLE);
      if (!loaded?.slid) return;
      await outlive(SHORT_MS);
      await holds('id', { n: 1 });
    });

    if (!expires) return;

    testSwap('a record that has expired counts as none', async ({ store, holds, outlive }) => {
      const first = await store.swap('id', null, recordOf({ n: 1 }, SHORT_MS));
      await outlive(SHORT_MS);
      expect(await store.load('id', IDLE)).toBe(null);
      expect(await store.swap('id', first, recordOf({ n: 2 }))).toBe(null);
      expect(typeof (await store.swap('id', null, recordOf({ n: 3 })))).toBe('string');
      await holds('id', { n: 3 });
    });
  });
}
