import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { Visitor } from '../versions/visitor.js';
import { askAtOnce, calls, late, results } from './outcomes.js';
import type { Outcome, Site } from './site.js';

const TIMEOUT = 5;

/** Adds the tests of a process that is killed while it renews: the first one. */
export function testKilledHolder(site: () => Site): void {
  afterEach(() => site().restart(0));

  it('killed before the provider consumed the token: another process renews, with one call more, and nobody waits too long', async () => {
    const visitor = await site().signIn();
    const release = site().provider.hold('before');
    const waiting = await killHolder(site(), visitor, () => site().isAsked());
    await expect.poll(() => calls(site()).dropped).toBe(1);
    release();
    const { first, others } = await waiting.ended();
    const token = await site().token(visitor);
    expect(calls(site())).toEqual({ asked: 2, dropped: 1, granted: 1 });
    expect(results(others)).toEqual([token]);
    // They may have waited long enough when the provider answers the process that took over.
    const ends = [token, 'ERR_SESSION_REFRESH TimeoutError ETIMEDOUT'];
    expect(ends).toEqual(expect.arrayContaining(results(first)));
    expect(late([...first, ...others], TIMEOUT)).toEqual([]);
  });

  it('killed after the provider consumed the token: all get the error, the session stays as it was, and a new sign-in helps', async () => {
    const visitor = await site().signIn();
    const before = await site().data(visitor);
    const release = site().provider.hold('after');
    const waiting = await killHolder(site(), visitor, () => expect.poll(() => calls(site()).granted).toBe(1));
    release();
    const { first, others } = await waiting.ended();
    expect(results(others)).toEqual(['ERR_SESSION_REFRESH Error invalid_grant']);
    expect(new Set(first.map(({ code }) => code))).toEqual(new Set(['ERR_SESSION_REFRESH']));
    expect(late([...first, ...others], TIMEOUT)).toEqual([]);
    expect(await site().data(visitor)).toEqual(before);

    await site().restart(0);
    await site().signInAgain(visitor);
    await site().run(visitor, 'expire', 1);
    const renewed = await askAtOnce(site(), visitor, 4, { first: 1 });
    expect(results(renewed)).toEqual([await site().token(visitor)]);
  });
}

interface Waiting {
  /** Returns what came of the first one in each process, and of the others, who came later. */
  ended(): Promise<{ first: Outcome[]; others: Outcome[] }>;
}

/** Lets the first process renew while others wait, and kills it well within the timeout. */
async function killHolder(site: Site, visitor: Visitor, hasBegun: () => Promise<void>): Promise<Waiting> {
  const options = { timeout: TIMEOUT, first: 1 };
  const lost = expect(site.ask(visitor, `/api/fresh?timeout=${TIMEOUT}`)).rejects.toThrow();
  await hasBegun();
  const first = askAtOnce(site, visitor, 3, options);
  await site.isWaiting(3, 1);
  await site.kill(0);
  await lost;
  await sleep(500);
  const others = askAtOnce(site, visitor, 24, options);
  return { ended: async () => ({ first: await first, others: await others }) };
}
