import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClockServer, type Visitor } from './clock-server.kit.js';
import type { SharedStore, StoreKind } from './shared-stores.kit.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** How far a clock is ahead, in milliseconds. */
export const wrongClocks = {
  '40 days ahead': 40 * DAY,
  'four idle timeouts ahead': 4 * DAY,
  '10 minutes ahead': 10 * MINUTE,
  '10 minutes behind': -10 * MINUTE,
  '40 days behind': -40 * DAY,
};

/** Signs a visitor in on this server. */
async function signedIn(server: ClockServer, options = {}): Promise<Visitor> {
  const visitor: Visitor = { cookie: undefined };
  await server.ask({ job: 'signIn', visitor, userId: 'ada', options });
  return visitor;
}

/** Adds the tests of a server whose clock is wrong, beside one whose clock is right. */
export function testClocks({ name, start }: StoreKind, clocks: Readonly<Record<string, number>>): void {
  describe(`on ${name}`, () => {
    let shared: SharedStore;
    let right: ClockServer;

    beforeAll(async () => {
      shared = await start();
      right = await ClockServer.start(shared.url, 0);
    });
    afterAll(async () => {
      right?.stop();
      await shared?.stop();
    });
    beforeEach(() => shared.clear());

    describe.each(Object.entries(clocks))('a server whose clock is %s', (_, aheadMs) => {
      let wrong: ClockServer;
      beforeAll(async () => {
        wrong = await ClockServer.start(shared.url, aheadMs);
      });
      afterAll(() => wrong?.stop());

      const userOn = (server: ClockServer, visitor: Visitor) =>
        server.ask({ job: 'get', visitor, key: 'userId' });
      const listOn = (server: ClockServer) => server.ask({ job: 'list', userId: 'ada' });
      const revokeOn = (server: ClockServer) => server.ask({ job: 'revokeAll', userId: 'ada' });

      it('leaves a session that it reads to the others', async () => {
        const visitor = await signedIn(right);
        await userOn(wrong, visitor);
        expect(await userOn(right, visitor)).toBe('ada');
      });

      it('leaves the sessions that it lists, and their entries, to the others', async () => {
        const visitor = await signedIn(right);
        await listOn(wrong);
        // A sign-in removes entries whose time is over.
        await signedIn(wrong);
        expect(await listOn(right)).toBeGreaterThanOrEqual(1);
        expect(await userOn(right, visitor)).toBe('ada');
      });

      it('revokes the sessions of the others', async () => {
        const visitor = await signedIn(right);
        await revokeOn(wrong);
        expect(await userOn(right, visitor)).toBeNull();
        expect(await listOn(right)).toBe(0);
      });

      it('revokes their superseded copies too', async () => {
        const options = { regenerateGrace: 60 };
        const visitor = await signedIn(right, options);
        const old = { ...visitor };
        await right.ask({ job: 'signIn', visitor, userId: 'ada', options });
        expect(await userOn(right, old)).toBe('ada');
        await revokeOn(wrong);
        expect(await userOn(right, old)).toBeNull();
      });

      it('makes no superseded copy that the others cannot revoke', async () => {
        const options = { regenerateGrace: 60 };
        const visitor = await signedIn(wrong, options);
        const old = { ...visitor };
        await wrong.ask({ job: 'signIn', visitor, userId: 'ada', options });
        await revokeOn(right);
        expect(await userOn(wrong, old)).toBeNull();
      });

      it('makes no session that the others cannot revoke', async () => {
        const visitor = await signedIn(wrong);
        await signedIn(right);
        await revokeOn(right);
        expect(await userOn(wrong, visitor)).toBeNull();
      });

      it('reads no superseded copy after its time, however often it reads it', async () => {
        const options = { regenerateGrace: 1 };
        const visitor = await signedIn(right, options);
        await right.ask({ job: 'set', visitor, key: 'n', value: 1, options });
        const old = { ...visitor };
        await right.ask({ job: 'signIn', visitor, userId: 'ada', options });
        const until = performance.now() + 5000;
        let last: unknown;
        while (performance.now() < until) {
          last = await wrong.ask({ job: 'get', visitor: old, key: 'n', options });
          await sleep(200);
        }
        expect(last).toBeNull();
        expect(await right.ask({ job: 'get', visitor, key: 'n', options })).toBe(1);
      });

      it('makes no superseded copy that the others read after its time', async () => {
        const options = { regenerateGrace: 1 };
        const visitor = await signedIn(wrong, options);
        await wrong.ask({ job: 'set', visitor, key: 'n', value: 1, options });
        const old = { ...visitor };
        await wrong.ask({ job: 'signIn', visitor, userId: 'ada', options });
        const until = performance.now() + 5000;
        let last: unknown;
        while (performance.now() < until) {
          last = await right.ask({ job: 'get', visitor: old, key: 'n', options });
          await sleep(200);
        }
        expect(last).toBeNull();
      });

      it('leaves a session that has an absolute timeout to the others', async () => {
        const options = { absoluteTimeout: 60 };
        const visitor = await signedIn(right, options);
        await wrong.ask({ job: 'get', visitor, key: 'userId', options });
        expect(await right.ask({ job: 'get', visitor, key: 'userId', options })).toBe('ada');
      });

      it('reads no session after its idle timeout', async () => {
        const options = { idleTimeout: 1 };
        const visitor = await signedIn(right, options);
        await sleep(1500);
        expect(await wrong.ask({ job: 'get', visitor, key: 'userId', options })).toBeNull();
      });
    });
  });
}
