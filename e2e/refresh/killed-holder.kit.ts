import { afterEach, expect, it } from 'vitest';
import type { Visitor } from '../versions/visitor.js';
import { askAtOnce, calls, late, results } from './outcomes.js';
import type { Outcome, Site } from './site.js';

const TIMEOUT = 5;

/** Adds the tests of a process that is killed while it renews: the first one. */
export function testKilledHolder(site: () => Site): void {
  afterEach(() => site().restart(0));

  it('killed before the provider consumed the token: another process renews, and all get the new token in time', async () => {
    const visitor = await site().signIn();
    const release = site().provider.hold('before');
    const waiting = await killHolder(site(), visitor, () => site().isAsked());
    release();
    const outcomes = await waiting();
    expect(results(outcomes)).toEqual([await site().token(visitor)]);
    expect(calls(site())).toEqual({ asked: 2, dropped: 1, granted: 1 });
    expect(late(outcomes, TIMEOUT)).toEqual([]);
  });

  it('killed after the provider consumed the token: all get the error, the session stays as it was, and a new sign-in helps', async () => {
    const visitor = await site().signIn();
    const before = await site().data(visitor);
    const release = site().provider.hold('after');
    const waiting = await killHolder(site(), visitor, () => expect.poll(() => calls(site()).granted).toBe(1));
    release();
    const outcomes = await waiting();
    expect(results(outcomes)).toEqual(['ERR_SESSION_REFRESH, SignInAgain SIGN_IN_AGAIN']);
    expect(late(outcomes, TIMEOUT)).toEqual([]);
    expect(await site().data(visitor)).toEqual(before);

    await site().restart(0);
    await site().signInAgain(visitor);
    await site().run(visitor, 'expire', 1);
    const renewed = await askAtOnce(site(), visitor, 4, { first: 1 });
    expect(results(renewed)).toEqual([await site().token(visitor)]);
  });
}

/** Lets the first process renew and others wait, and kills it. Returns what resolves with the outcomes of the others. */
async function killHolder(
  site: Site,
  visitor: Visitor,
  hasBegun: () => Promise<void>,
): Promise<() => Promise<Outcome[]>> {
  const lost = expect(site.ask(visitor, `/api/fresh?timeout=${TIMEOUT}`)).rejects.toThrow();
  await hasBegun();
  const others = askAtOnce(site, visitor, 24, { timeout: TIMEOUT, first: 1 });
  await site.isWaiting(24, 1);
  await site.kill(0);
  await lost;
  return () => others;
}
