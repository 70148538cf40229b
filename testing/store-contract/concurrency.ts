import { type Data, pick, recordOf } from './records.js';
import type { StoreSuite } from './suite.js';

const WRITERS = Array.from({ length: 100 }, (_, index) => index);

/**
 * Tests concurrent calls: writes of different records do not disturb each other, and of several writes of one
 * record one is kept, unmixed.
 */
export function testConcurrentWriters({ describe, expect, test }: StoreSuite): void {
  describe('concurrent writes', () => {
    test('keeps all of 100 different records', async ({ store, holds }) => {
      await Promise.all(WRITERS.map((n) => store.set(`id${n}`, recordOf({ n }))));
      await Promise.all(WRITERS.map((n) => holds(`id${n}`, { n })));
    });

    test('keeps one of 100 records with the same ID, and keeps it whole', async ({ store, read }) => {
      const dataOf = (n: number): Data => ({ n, text: String(n).repeat(n * 10), [`only${n}`]: true });
      await store.set('id', recordOf(dataOf(0)));
      await Promise.all(WRITERS.map((n) => store.set('id', recordOf(dataOf(n)))));
      const record: Data | null = pick(await read('id'), null);
      const n = Number(record?.n ?? -1);
      expect(WRITERS.includes(n)).toBe(true);
      expect(pick(record, dataOf(n))).toEqual(dataOf(n));
      expect(Object.keys(record ?? {}).filter((key) => key.startsWith('only'))).toEqual([`only${n}`]);
    });

    test('allows 100 calls of destroy for one record', async ({ store, holds }) => {
      await store.set('id', recordOf({ n: 1 }));
      await Promise.all(WRITERS.map(() => store.destroy('id')));
      await holds('id', null);
    });
  });
}
