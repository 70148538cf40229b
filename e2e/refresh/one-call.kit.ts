import { expect, it } from 'vitest';
import { askAtOnce, calls, results } from './outcomes.js';
import type { Site } from './site.js';

const REQUESTS = 200;

/** Adds the test that a refresh token is used once, however many want what it brings. */
export function testOneCall(site: () => Site, rounds: number): void {
  it(`${REQUESTS} requests at once with an expired token are one call of the provider, ${rounds} times, and nobody is signed out`, async () => {
    const visitor = await site().signIn();
    const seen = new Set<string | undefined>([await site().token(visitor)]);
    for (let round = 0; round < rounds; round++) {
      await site().run(visitor, 'expire');
      site().provider.reset();
      site().provider.setFaults({ before: round * 25 });
      const got = results(await askAtOnce(site(), visitor, REQUESTS));
      expect(got, `round ${round}`).toHaveLength(1);
      expect(calls(site()), `round ${round}`).toEqual({ asked: 1, granted: 1 });
      expect(got).toEqual([await site().token(visitor)]);
      seen.add(got[0]);
    }
    expect(seen.size).toBe(rounds + 1);
    expect(await site().data(visitor)).toMatchObject({ user: 'Ada' });
  });
}
