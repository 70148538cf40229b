import { type Data, pick, recordOf } from './records.js';
import type { StoreSuite } from './suite.js';

const WRITERS = Array.from({ length: 100 }, (_, index) => index);

/** Asks that writers of different records do not meet, and that of one record the last one wins whole. */
export function testConcurrentWriters({ describe, expect, test }: StoreSuite): void {
  describe('writers at once', () => {
    test('a hundred of different records, each kept', async ({ store, holds }) => {
      await Promise.all(WRITERS.map((n) => store.set(`id${n}`, recordOf({ n }))));
      await Promise.all(WRITERS.map((n) => holds(`id${n}`, { n })));
    });

    test('a hundred of one record, of which one is kept whole', async ({ store, read }) => {
      const dataOf = (n: number): Data => ({ n, text: String(n).repeat(n * 10), [`only${n}`]: true });
      await store.set('id', recordOf(dataOf(0)));
      await Promise.all(WRITERS.map((n) => store.set('id', recordOf(dataOf(n)))));
      const record: Data | null = pick(await read('id'), null);
      const n = Number(record?.n ?? -1);
      expect(WRITERS.includes(n)).toBe(true);
      expect(pick(record, dataOf(n))).toEqual(dataOf(n));
      expect(Object.keys(record ?? {}).filter((key) => key.startsWith('only'))).toEqual([`only${n}`]);
    });

    test('a hundred that destroy one record', async ({ store, holds }) => {
      await store.set('id', recordOf({ n: 1 }));
      await Promise.all(WRITERS.map(() => store.destroy('id')));
      await holds('id', null);
    });
  });
}
