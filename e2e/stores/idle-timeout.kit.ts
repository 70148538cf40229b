import { setTimeout as sleep } from 'node:timers/promises';
import nextAppSession, { type Options } from 'next-app-session';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import type { SharedStore, StoreKind } from './shared-stores.kit.js';

// The store keeps its own time, so these tests wait, for seconds: each window has room for a machine that is slow.

const read = (browser: Browser<{ n: number }>) => browser.visit((session) => session().get('n'));

/** Adds the tests of idle timeouts, which the store ends by its own clock. */
export function testIdleTimeout({ name, start }: StoreKind): void {
  describe(`the idle timeout, on ${name}`, { concurrent: true }, () => {
    let shared: SharedStore;
    beforeAll(async () => {
      shared = await start();
    });
    afterAll(() => shared?.stop());

    async function signedIn(options: Options) {
      const browser = new Browser(
        nextAppSession<{ n: number }>({ secret: 'a secret', store: shared.store, ...options }),
      );
      await browser.visit((session) => session().set('n', 1));
      return browser;
    }

    it('that an app changes counts from the next read on, though the session is never written', async () => {
      const before = await signedIn({ name: 'changed', idleTimeout: 60 });
      const session = nextAppSession<{ n: number }>({
        name: 'changed',
        secret: 'a secret',
        store: shared.store,
        idleTimeout: 2,
      });
      const browser = new Browser(session, before.cookies);
      expect(await read(browser)).toBe(1);
      await sleep(2300);
      expect(await read(browser)).toBeNull();
    });

    it('is slid by reads, and then ends the session', async () => {
      const browser = await signedIn({ idleTimeout: 2 });
      for (let i = 0; i < 4; i++) {
        await sleep(700);
        expect(await read(browser)).toBe(1);
      }
      await sleep(2200);
      expect(await read(browser)).toBeNull();
    });

    it('is the session’s own lifetime if it has one, and reads do not shorten it', async () => {
      const browser = await signedIn({ idleTimeout: 2 });
      await browser.visit((session) => session().touch({ maxAge: 6 }));
      expect(await read(browser)).toBe(1);
      await sleep(3000);
      expect(await read(browser)).toBe(1);
      await sleep(6200);
      expect(await read(browser)).toBeNull();
    });

    it('is the session’s own lifetime if that is shorter', async () => {
      const browser = await signedIn({ idleTimeout: 60 });
      await browser.visit((session) => session().touch({ maxAge: 2 }));
      expect(await read(browser)).toBe(1);
      await sleep(2200);
      expect(await read(browser)).toBeNull();
    });

    it('never outlasts the absolute one', async () => {
      const browser = await signedIn({ idleTimeout: 60, absoluteTimeout: 2 });
      await sleep(500);
      expect(await read(browser)).toBe(1);
      await sleep(1700);
      expect(await read(browser)).toBeNull();
    });

    it('shows in info(), once it has slid', async () => {
      const browser = await signedIn({ idleTimeout: 60, touchAfter: 0.5 });
      const created = await browser.visit((session) => session().info());
      await sleep(1000);
      const now = Date.now();
      const info = await browser.visit((session) => session().info());
      expect(info?.expiresAt).toBeGreaterThanOrEqual(now + 60_000);
      expect(info?.lastSeenAt).toBeGreaterThanOrEqual(now);
      expect(info?.createdAt).toBe(created?.createdAt);
    });
  });
}
