import { expect, it } from 'vitest';
import { askAtOnce, calls, late, results } from './outcomes.js';
import type { Site } from './site.js';

/** Next's build gives openid-client's classes other names, and a name that does not say that it is an error's is withheld. */
const FAILED = 'ERR_SESSION_REFRESH Error OAUTH_RESPONSE_IS_NOT_CONFORM';
const TIMED_OUT = 'ERR_SESSION_REFRESH TimeoutError ETIMEDOUT';

/** Adds the tests of a provider that fails or is slow. */
export function testProviderFaults(site: () => Site): void {
  it('when the provider fails, all who waited get the error in every process, after one call, and the next request tries again', async () => {
    const visitor = await site().signIn();
    site().provider.setFaults({ failures: 1 });
    const release = site().provider.hold('before');
    const waiting = askAtOnce(site(), visitor, 40, { timeout: 60 });
    await site().isWaiting(40);
    release();
    expect(results(await waiting)).toEqual([FAILED]);
    expect(calls(site())).toEqual({ asked: 1, unavailable: 1 });

    expect(results(await askAtOnce(site(), visitor, 4))).toEqual([await site().token(visitor)]);
    expect(calls(site())).toEqual({ asked: 2, unavailable: 1, granted: 1 });
  });

  it('when the provider needs 3 of 10 seconds, all wait and get the token', async () => {
    const visitor = await site().signIn();
    site().provider.setFaults({ before: 3_000 });
    const outcomes = await askAtOnce(site(), visitor, 16);
    expect(results(outcomes)).toEqual([await site().token(visitor)]);
    expect(calls(site())).toEqual({ asked: 1, granted: 1 });
  });

  it('when the provider needs longer than the timeout, its request is aborted, all get the error in time, and the token is good', async () => {
    const visitor = await site().signIn();
    const release = site().provider.hold('before');
    const outcomes = await askAtOnce(site(), visitor, 16, { timeout: 2 });
    expect(results(outcomes)).toEqual([TIMED_OUT]);
    expect(late(outcomes, 2)).toEqual([]);
    release();
    await expect.poll(() => calls(site()).dropped).toBe(calls(site()).asked);
    expect(results(await askAtOnce(site(), visitor, 4))).toEqual([await site().token(visitor)]);
    expect(calls(site()).granted).toBe(1);
  });
}
