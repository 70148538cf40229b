import { expect, test } from './fixtures.js';

// Fifty visitors at once, in tests that several workers run at the same time: the store is one for them all.
for (const group of [1, 2, 3, 4, 5]) {
  test(`ten visitors at once each have their own session, group ${group} of 5`, async ({ sessions }) => {
    const counts = Array.from({ length: 10 }, (_, n) => group * 1000 + n * 10);
    const visitors = await Promise.all(counts.map((count) => sessions.as({ count })));
    const addOne = async (at: number) => (await visitors[at]?.context.request.post('/api/counter'))?.json();
    for (const times of [1, 2, 3]) {
      const replies = await Promise.all(counts.map((_, at) => addOne(at)));
      expect(replies).toEqual(counts.map((count) => ({ count: count + times })));
    }
    for (const [at, visitor] of visitors.entries()) {
      await expect(visitor).toHaveSession({ count: (counts[at] ?? 0) + 3 });
    }
  });
}
