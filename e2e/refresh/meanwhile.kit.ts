import { describe, expect, it } from 'vitest';
import { Visitor } from '../versions/visitor.js';
import { calls, results } from './outcomes.js';
import type { Outcome, Site } from './site.js';

/** Adds the tests of what happens to a session in one process while another one renews its tokens. */
export function testMeanwhile(site: () => Site): void {
  it.each(['destroy', 'revoke'])(
    '%s: all get ERR_SESSION_GONE, and neither the tokens nor the session come back',
    async (job) => {
      const visitor = await site().signIn();
      const { outcomes } = await runWhileRenewed(site(), visitor, job);
      expect(results(outcomes)).toEqual(['ERR_SESSION_GONE']);
      expect(await site().data(visitor)).toEqual({});
      expect(await site().ask(visitor, '/api/fresh')).toMatchObject({ token: null });
    },
  );

  it('regenerate: the new token is in the session under its new ID, and those get it who wait where it is renewed', async () => {
    const visitor = await site().signIn();
    const { outcomes, other } = await runWhileRenewed(site(), visitor, 'regenerate');
    const token = await site().token(other);
    expect(other.cookies).not.toEqual(visitor.cookies);
    // Who waits elsewhere knows the old ID only, which opens nothing any more.
    const gone = 'ERR_SESSION_GONE';
    expect(outcomes.map(({ token, code }) => token ?? code)).toEqual([token, token, gone, gone, gone]);
    expect(await site().ask(other, '/fresh')).toMatchObject({ token });
    expect(calls(site())).toEqual({ asked: 1, granted: 1 });
  });

  describe('a write to another key', () => {
    it.each([
      ['set', { other: 'set' }],
      ['update', { counted: 1 }],
    ])('%s: it survives, and so do the tokens', async (job, written) => {
      const visitor = await site().signIn();
      const { outcomes } = await runWhileRenewed(site(), visitor, job);
      expect(results(outcomes)).toEqual([await site().token(visitor)]);
      expect(await site().data(visitor)).toMatchObject({ user: 'Ada', ...written });
      expect(calls(site())).toEqual({ asked: 1, granted: 1 });
    });
  });
}

/**
 * Runs the job in the third process while the first one renews and others wait. Returns their outcomes, and the browser after the
 * job: the job's answer is not what the others had.
 */
async function runWhileRenewed(
  site: Site,
  visitor: Visitor,
  job: string,
): Promise<{ outcomes: Outcome[]; other: Visitor }> {
  const release = site.provider.hold('before');
  const holder = site.ask(visitor, '/api/fresh?timeout=60', 0);
  await site.isAsked();
  const waiters = [0, 1, 2, 3].map((process) => site.ask(visitor, '/fresh?timeout=60', process));
  await site.isWaiting(5);
  const other = new Visitor(site.processes[2] ?? { url: '' }, visitor.cookies);
  await site.run(other, job, 2);
  release();
  return { outcomes: await Promise.all([holder, ...waiters]), other };
}
