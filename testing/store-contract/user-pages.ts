import type { IndexedSession } from '../../src/store-contract/store.js';
import { pick, recordOf } from './records.js';
import type { StoreSuite } from './suite.js';
import type { TimedUserIndex } from './timed-store.js';
import { ADA, entry, namesOf, recordsOf, UNTIL } from './user-entries.js';

const MANY = 500;
const PAGE = 64;

/** Not one of them is a cursor that a store has returned. */
const GARBAGE = ['', 'x', '0', 'null', '%', '-1:', '{}', `${'9'.repeat(400)}:a`, '1:a:b', '\u0000', '[', '*'];

/** Tests that the pages of `list` show each entry once, in order. */
export function testUserPages({ expect, testIndex }: StoreSuite): void {
  testIndex(
    'list gives pages of at most limit entries, those with the latest until first',
    async ({ users }) => {
      for (const [at, key] of ['c', 'a', 'e', 'b', 'd'].entries()) {
        await users.add(ADA, entry(key, { until: UNTIL + at * 1000 }));
      }
      const { pages, entries } = await readPages(users, 2);
      expect(pages).toEqual([2, 2, 1]);
      expect(namesOf(entries)).toEqual(['of-d', 'of-b', 'of-e', 'of-a', 'of-c']);
    },
  );

  testIndex('list gives no cursor with the last page, not even with a full one', async ({ users }) => {
    for (const key of ['a', 'b', 'c', 'd']) await users.add(ADA, entry(key));
    expect((await readPages(users, 2)).pages).toEqual([2, 2]);
    expect((await users.list(ADA, { limit: 4 })).cursor).toBe(null);
    expect((await users.list(ADA, { limit: 5 })).cursor).toBe(null);
    expect(typeof (await users.list(ADA, { limit: 3 })).cursor).toBe('string');
  });

  testIndex('list gives each entry once if all have the same until', async ({ users }) => {
    const keys = ['a', 'B', 'b', '-', '_', '0', 'A', 'aa', 'Z', 'z'];
    for (const key of keys) await users.add(ADA, entry(key));
    for (const limit of [1, 3]) {
      const { entries } = await readPages(users, limit);
      expect(namesOf(entries).sort()).toEqual(keys.map((key) => `of-${key}`).sort());
    }
  });

  testIndex(
    'list goes on where a page ended if entries have been removed or revoked meanwhile',
    async (subject) => {
      const { users } = subject;
      const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
      for (const [at, key] of keys.entries()) {
        await users.add(ADA, entry(key, { until: UNTIL - Math.floor(at / 5) * 1000 }));
      }
      const seen: IndexedSession<object>[] = [];
      await readPages(users, 2, async (page, at) => {
        seen.push(...page);
        // The one where the page ended, in turn removed and revoked.
        const [{ entry: name = '', records = [] } = {}] = page.slice(-1);
        if (at % 2 === 0)
          await users.remove(
            ADA,
            records.map(({ key }) => ({ entry: name, key })),
          );
        else await users.revoke(ADA, { only: [name] });
      });
      expect(namesOf(seen).sort()).toEqual(keys.map((key) => `of-${key}`));
    },
  );

  testIndex('list shows no entry twice if the until of one that was shown is moved', async ({ users }) => {
    const keys = ['a', 'b', 'c', 'd', 'e'];
    for (const key of keys) await users.add(ADA, entry(key));
    const { entries } = await readPages(users, 2, async (page) => {
      const [{ entry: name = '', records = [] } = {}] = page.slice(-1);
      for (const { key } of records) await users.add(ADA, { entry: name, key, until: UNTIL + 1000 });
    });
    expect(namesOf(entries).sort()).toEqual(keys.map((key) => `of-${key}`));
  });

  testIndex('list gives the first page for a cursor that it did not make', async ({ users }) => {
    for (const key of ['a', 'b']) await users.add(ADA, entry(key));
    const first = await users.list(ADA, { limit: 1 });
    for (const cursor of GARBAGE) expect(await users.list(ADA, { limit: 1, cursor })).toEqual(first);
  });

  testIndex(`list and revoke give each of ${MANY} sessions of one user once`, async ({ store, users }) => {
    for (let n = 0; n < MANY; n++) {
      await users.add(ADA, entry(`id-${n}`, { until: UNTIL + (n % 7) }));
      await store.set(`id-${n}`, recordOf({ n }));
    }
    const expected = Array.from({ length: MANY }, (_, n) => n);
    const numbers = (entries: readonly IndexedSession<object>[]) =>
      recordsOf(entries)
        .map(({ record }) => Number(pick(record, { n: 0 })?.n))
        .sort((a, b) => a - b);
    expect(numbers((await readPages(users, PAGE)).entries)).toEqual(expected);
    const revoked: IndexedSession<object>[] = [];
    for (let round = 0; round * PAGE < MANY; round++) {
      const page = await users.revoke(ADA, { limit: PAGE });
      revoked.push(...page);
      await users.remove(
        ADA,
        page.flatMap(({ entry, records }) => records.map(({ key }) => ({ entry, key }))),
      );
    }
    expect(await users.revoke(ADA, { limit: PAGE })).toEqual([]);
    expect(numbers(revoked)).toEqual(expected);
    expect((await users.list(ADA)).entries).toEqual([]);
  });
}

/** Reads page by page, to the last one. Returns how long each was, and their entries. */
async function readPages(
  users: TimedUserIndex,
  limit: number,
  between: (page: readonly IndexedSession<object>[], at: number) => Promise<unknown> = async () => {},
): Promise<{ pages: number[]; entries: IndexedSession<object>[] }> {
  const pages: number[] = [];
  const entries: IndexedSession<object>[] = [];
  let cursor: string | null | undefined;
  // A faulty store may never come to an end.
  while (cursor !== null && pages.length <= MANY) {
    const page = await users.list(ADA, { limit, cursor });
    pages.push(page.entries.length);
    entries.push(...page.entries);
    await between(page.entries, pages.length - 1);
    ({ cursor } = page);
  }
  return { pages, entries };
}
