import { callOptions, type ReadOptions } from '../../src/store-contract/store.js';
import { isUnreadable } from '../../src/store-contract/unreadable.js';
import { type Data, pick, recordOf } from './records.js';
import type { StoreSuite } from './suite.js';
import { ADA, entry, recordsOf } from './user-entries.js';

const MAX_BYTES = 100_000;

/** Far from the limit, whatever a store adds to a record. */
const SMALL: Data = { text: 'x'.repeat(MAX_BYTES / 2) };
const LARGE: Data = { text: 'x'.repeat(MAX_BYTES * 2) };

const limited = (): ReadOptions => ({ ...callOptions(), maxBytes: MAX_BYTES });

/**
 * Tests `maxBytes`: a store gives a smaller record whole. It may ignore the limit; otherwise it tells a larger record from a
 * missing one.
 */
export function testLargeRecords({
  describe,
  expect,
  contract,
  test,
  testSwap,
  testIndex,
}: StoreSuite): void {
  describe('records and maxBytes', () => {
    test('get gives a smaller record whole, and null for a missing one', async ({ store }) => {
      await store.set('id', recordOf(SMALL));
      expect(pick(await store.get('id', limited()), SMALL)).toEqual(SMALL);
      expect(await store.get('missing', limited())).toBe(null);
    });

    test('get gives a larger record, or throws ERR_SESSION_DATA', async ({ store, holds }) => {
      await store.set('id', recordOf(LARGE));
      const found = await store.get('id', limited()).catch((error) => {
        if (isUnreadable(error)) return LARGE;
        throw error;
      });
      expect(pick(found, LARGE)).toEqual(LARGE);
      await holds('id', LARGE);
    });

    if (contract.atomic !== false) {
      testSwap(`load gives a smaller record whole, with its version`, async ({ atomic, store, holds }) => {
        await store.set('id', recordOf(SMALL));
        const loaded = await atomic.load('id', limited());
        expect(pick(loaded?.record ?? null, SMALL)).toEqual(SMALL);
        expect(loaded?.unreadable ?? false).toBe(false);
        expect(typeof (await atomic.swap('id', loaded?.version ?? null, recordOf({ n: 1 })))).toBe('string');
        await holds('id', { n: 1 });
      });

      testSwap(
        `load gives a larger record, or its size and "unreadable"`,
        async ({ atomic, store, holds }) => {
          await store.set('id', recordOf(LARGE));
          const loaded = await atomic.load('id', limited());
          expect(Boolean(loaded)).toBe(true);
          if (loaded?.unreadable) {
            expect([loaded.record, Number(loaded.size) > MAX_BYTES]).toEqual([null, true]);
          } else expect(pick(loaded?.record ?? null, LARGE)).toEqual(LARGE);
          await holds('id', LARGE);
        },
      );

      testSwap(`load gives null for a missing record`, async ({ atomic }) => {
        expect(await atomic.load('missing', limited())).toBe(null);
      });
    }

    if (contract.users !== false) {
      testIndex('list and revoke give smaller records whole', async ({ store, users }) => {
        await users.add(ADA, entry('id'));
        await store.set('id', recordOf(SMALL));
        const { entries } = await users.list(ADA, undefined, limited());
        for (const sessions of [entries, await users.revoke(ADA, {}, limited())]) {
          const records = recordsOf(sessions).map(({ record }) => pick(record, SMALL));
          expect(records).toEqual([SMALL]);
        }
      });

      testIndex(
        'list and revoke give larger records, or their size and "unreadable"',
        async ({ store, users }) => {
          await users.add(ADA, entry('id'));
          await store.set('id', recordOf(LARGE));
          const { entries } = await users.list(ADA, undefined, limited());
          for (const sessions of [entries, await users.revoke(ADA, {}, limited())]) {
            const [found] = recordsOf(sessions);
            if (found?.unreadable) {
              expect([found.record, Number(found.size) > MAX_BYTES]).toEqual([null, true]);
            } else expect(pick(found?.record ?? null, LARGE)).toEqual(LARGE);
          }
        },
      );
    }
  });
}
