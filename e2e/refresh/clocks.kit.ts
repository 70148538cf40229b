import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { askAtOnce, calls, late, results } from './outcomes.js';
import type { Site } from './site.js';

const TIMEOUT = 5;

/** Adds the tests of two processes whose clocks differ. Each in turn renews, and the other one waits. */
export function testClocks(site: () => Site): void {
  describe.each([
    [0, 1],
    [1, 0],
  ])('process %i renews, process %i waits', (holder, waiter) => {
    it('the waiter takes nothing over while the holder lives', async () => {
      const visitor = await site().signIn();
      site().provider.setFaults({ before: 3_000 });
      const renewed = site().ask(visitor, `/api/fresh?timeout=${TIMEOUT}`, holder);
      await site().isAsked();
      const waited = site().ask(visitor, `/fresh?timeout=${TIMEOUT}`, waiter);
      expect(results([await renewed, await waited])).toEqual([await site().token(visitor)]);
      expect(calls(site())).toEqual({ asked: 1, granted: 1 });
    });

    it('the waiter takes over from a holder that was killed, in time', async () => {
      const visitor = await site().signIn();
      const release = site().provider.hold('before');
      const lost = expect(site().ask(visitor, `/api/fresh?timeout=${TIMEOUT}`, holder)).rejects.toThrow();
      await site().isAsked();
      const first = site().ask(visitor, `/fresh?timeout=${TIMEOUT}`, waiter);
      await sleep(1_000);
      await site().kill(holder);
      await lost;
      await sleep(500);
      const second = site().ask(visitor, `/api/fresh?timeout=${TIMEOUT}`, waiter);
      await expect.poll(() => calls(site()).dropped).toBe(1);
      release();
      const outcomes = await Promise.all([first, second]);
      await site().restart(holder);
      expect(calls(site())).toEqual({ asked: 2, dropped: 1, granted: 1 });
      expect(outcomes[1]?.token).toBe(await site().token(visitor));
      expect(late(outcomes, TIMEOUT)).toEqual([]);
    });

    it('50 requests at once in both are one call', async () => {
      const visitor = await site().signIn();
      site().provider.setFaults({ before: 500 });
      expect(results(await askAtOnce(site(), visitor, 50))).toEqual([await site().token(visitor)]);
      expect(calls(site())).toEqual({ asked: 1, granted: 1 });
    });
  });
}
