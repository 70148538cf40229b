import nextAppSession, { type AppSession, type Options } from 'next-app-session';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import type { SharedStore, StoreKind } from './shared-stores.kit.js';

// Each test looks at the time to live that the store itself has for the record, and at the cookie as it is sent.

type Data = { userId?: string; n?: number };
type Own = () => AppSession<Data>;

const MONTH_S = 30 * 86_400;
const HOUR_S = 3600;

/** Adds the tests of lifetimes that one session has, by the time to live of its record. */
export function testRememberMe({ name, start }: StoreKind): void {
  describe(`on ${name}`, () => {
    let shared: SharedStore;
    beforeAll(async () => {
      shared = await start();
    });
    afterAll(() => shared?.stop());
    beforeEach(() => shared.clear());

    /** Sets up a browser in which Ada has signed in and ticked the box. */
    async function remembered(options: Partial<Options<Data>> = {}) {
      const session = nextAppSession<Data>({
        secret: 'a secret',
        store: shared.store,
        idleTimeout: HOUR_S,
        regenerateGrace: 0,
        user: ({ userId }) => userId,
        ...options,
      });
      const browser = new Browser(session);
      /** Makes a request. Returns the Set-Cookie headers of its response. */
      const visit = async (work: (own: Own) => Promise<unknown>) => {
        const exchange = browser.open();
        await work(() => exchange.session());
        for (const header of exchange.setCookies) browser.keep(header);
        return exchange.setCookies;
      };
      const cookies = await visit((own) =>
        own().regenerate((data) => ({ ...data, userId: 'ada' }), { maxAge: MONTH_S }),
      );
      expect(cookies).toEqual([expect.stringContaining(`Max-Age=${MONTH_S}`)]);
      await expectTtl(MONTH_S);
      return { session, browser, visit };
    }

    /** Expects this time to live, in seconds, of the only record. A slow machine may have lost some of it. */
    async function expectTtl(seconds: number): Promise<void> {
      const records = await shared.records();
      expect(records).toHaveLength(1);
      const ttl = (records[0]?.ttlMs ?? 0) / 1000;
      expect(ttl).toBeGreaterThan(seconds - 300);
      expect(ttl).toBeLessThanOrEqual(seconds);
    }

    /** A cookie that ends with the browser. */
    const ENDS_WITH_BROWSER = expect.not.stringMatching(/max-age|expires/i);

    describe('a second user in the same browser does not keep the first one’s remember-me', () => {
      it.each<[string, (own: Own) => Promise<void>]>([
        ['regenerate', (own) => own().regenerate((data) => ({ ...data, userId: 'bob' }))],
        ['set', (own) => own().set('userId', 'bob')],
        ['update', (own) => own().update((data) => ({ ...data, userId: 'bob' }))],
        ['setAll', (own) => own().setAll({ userId: 'bob' })],
      ])('by %s', async (_, signIn) => {
        const { visit } = await remembered();
        expect(await visit(signIn)).toEqual([ENDS_WITH_BROWSER]);
        await expectTtl(HOUR_S);
        // Nor does a read give it back.
        await visit((own) => own().get('n'));
        await expectTtl(HOUR_S);
      });

      it('and has one of their own if the same call gives it', async () => {
        const { visit } = await remembered();
        const lifetime = { maxAge: MONTH_S };
        const cookies = await visit((own) =>
          own().regenerate((data) => ({ ...data, userId: 'bob' }), lifetime),
        );
        expect(cookies).toEqual([expect.stringContaining(`Max-Age=${MONTH_S}`)]);
        await expectTtl(MONTH_S);
        await visit((own) => own().get('n'));
        await expectTtl(MONTH_S);
      });
    });

    it('who signs out by deleting the key of the user leaves no long lifetime', async () => {
      const { visit } = await remembered();
      expect(await visit((own) => own().destroy('userId'))).toEqual([ENDS_WITH_BROWSER]);
      await expectTtl(HOUR_S);
    });

    it.each([
      ['', {}, ENDS_WITH_BROWSER],
      [', with its Max-Age', { maxAge: 600 }, expect.stringContaining('Max-Age=600')],
    ])(
      'touch({ maxAge: null }) shortens the time to live at once, and sends the cookie of the options%s',
      async (_, cookie, sent) => {
        const { visit } = await remembered({ cookie });
        expect(await visit((own) => own().touch({ maxAge: null }))).toEqual([sent]);
        await expectTtl(HOUR_S);
      },
    );

    it.each<[string, (own: Own) => Promise<void>]>([
      ['regenerate', (own) => own().regenerate(undefined, { maxAge: 'browser' })],
      ['touch', (own) => own().touch({ maxAge: 'browser' })],
    ])(
      "%s with 'browser' after a remembered session sends a cookie without Max-Age and Expires",
      async (_, change) => {
        const { visit } = await remembered({ cookie: { maxAge: 7200, expires: new Date('2100-01-01') } });
        expect(await visit(change)).toEqual([ENDS_WITH_BROWSER]);
        await expectTtl(HOUR_S);
        expect(await visit((own) => own().set('n', 1))).toEqual([]);
        await expectTtl(HOUR_S);
      },
    );
  });
}
