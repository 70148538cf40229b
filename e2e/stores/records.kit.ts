import nextAppSession, { type Options } from 'next-app-session';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Browser } from './browser.kit.js';
import type { SharedStore, StoredText, StoreKind } from './shared-stores.kit.js';

interface Data {
  userId?: string;
  n?: number;
  cart?: string[];
}

const GONE = { code: 'ERR_SESSION_GONE' };

const bytesOver = (value: string, data: Data) =>
  Buffer.byteLength(value) - Buffer.byteLength(JSON.stringify(data));

/** Adds the tests of what a record adds to the data, and of records that a session does not open. */
export function testRecords({ name, start }: StoreKind): void {
  describe(`on ${name}`, () => {
    let shared: SharedStore;
    beforeAll(async () => {
      shared = await start();
    });
    afterAll(() => shared?.stop());
    beforeEach(() => shared.clear());
    afterEach(() => {
      vi.useRealTimers();
    });

    function browse(options: Partial<Options<Data>> = {}, cookies?: Record<string, string>) {
      const session = nextAppSession<Data>({ secret: 'a secret', store: shared.store, ...options });
      return { session, browser: new Browser(session, cookies) };
    }

    /** The one record that is stored. */
    async function stored(): Promise<StoredText> {
      const records = await shared.records();
      expect(records).toHaveLength(1);
      return records[0] as StoredText;
    }

    describe('a record', () => {
      it('adds at most 120 bytes to the data, with default options', async () => {
        const data: Data = { cart: ['a', 'b', 'ü'], n: 1 };
        const { browser } = browse();
        await browser.visit((own) => own().setAll(data));
        expect(bytesOver((await stored()).text, data)).toBeLessThanOrEqual(120);
        // Later on the dates are longer.
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 80_000_000 });
        await browser.visit((own) => own().set('n', 1));
        expect(bytesOver((await stored()).text, data)).toBeLessThanOrEqual(120);
      });

      it('adds at most 220 bytes with one user, after a sign-in and later', async () => {
        const data: Data = { userId: 'ada', cart: ['a', 'b', 'ü'], n: 1 };
        const { browser } = browse({ user: ({ userId }) => userId });
        await browser.visit((own) => own().regenerate(() => data));
        expect(bytesOver((await stored()).text, data)).toBeLessThanOrEqual(220);
        await browser.visit((own) => own().set('n', 1));
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 80_000_000 });
        await browser.visit((own) => own().regenerate());
        await browser.visit((own) => own().get('n'));
        vi.setSystemTime(Date.now() + 70_000);
        await browser.visit((own) => own().set('n', 1));
        const texts = (await shared.records()).map(({ text }) => text);
        const value = texts.find((text) => text.includes('ada') && !text.includes('superseded')) ?? '';
        expect(bytesOver(value, data)).toBeLessThanOrEqual(220);
      });

      it('is never opened by a cookie of another name', async () => {
        const { browser: customer } = browse({ name: 'sid', user: ({ userId }) => userId });
        await customer.visit((own) => own().regenerate(() => ({ userId: 'ada' })));
        const { browser: staff } = browse({ name: 'staff' }, { staff: customer.cookies.sid ?? '' });
        expect(await staff.visit((own) => own().all())).toEqual({});
        await staff.visit((own) => own().set('n', 1));
        expect(await customer.visit((own) => own().all())).toEqual({ userId: 'ada' });
      });

      it.each([
        ['of a later format', (value: string) => value.replace('"__session":[2,', '"__session":[3,')],
        [
          'with a sealed body',
          (value: string) => value.replace(/"__session":\[.*?\]/, '"__session":"c2VhbGVk"'),
        ],
      ])('%s is no session, and is neither overwritten nor deleted', async (_, change) => {
        const { browser } = browse();
        await browser.visit((own) => own().set('n', 1));
        const before = await stored();
        const text = change(before.text);
        expect(text).not.toBe(before.text);
        await shared.put({ ...before, text });
        expect(await browser.visit((own) => own().all())).toEqual({});
        await browser.visit((own) => own().set('n', 2));
        await browser.visit((own) => own().regenerate());
        await browser.visit((own) => own().destroy());
        const left = (await shared.records()).find(({ key }) => key === before.key);
        expect(left?.text).toBe(text);
        expect(left?.ttlMs).toBeGreaterThan(0);
      });
    });

    describe('absoluteTimeout', () => {
      it.each([
        ['1.x', { n: 1 }],
        ['express-session', { cookie: { originalMaxAge: 3_600_000, path: '/' }, n: 1 }],
      ])('starts for a record of %s that is only read', async (_, record) => {
        const { browser } = browse({ absoluteTimeout: 1, hashIds: false, genid: () => 'i'.repeat(22) });
        await browser.visit((own) => own().set('n', 0));
        await shared.put({ key: 'i'.repeat(22), text: JSON.stringify(record), ttlMs: 60_000 });
        const read = () => browser.visit((own) => own().get('n'));
        expect(await read()).toBe(1);
        await expect.poll(read, { timeout: 15_000, interval: 200 }).toBeNull();
      });

      it.each(['set', 'regenerate'] as const)(
        'that ends within a request makes %s throw ERR_SESSION_GONE, and nothing is stored',
        async (how) => {
          const { browser } = browse({ absoluteTimeout: 60 });
          await browser.visit((own) => own().set('n', 1));
          await browser.visit(async (own) => {
            expect(await own().get('n')).toBe(1);
            vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
            await expect(how === 'set' ? own().set('n', 2) : own().regenerate()).rejects.toMatchObject(GONE);
          });
          expect((await stored()).text).toContain('"n":1');
        },
      );
    });

    describe('what is stored', () => {
      it('names no session and no user: keys are hashes', async () => {
        const { browser } = browse({ user: ({ userId }) => userId, regenerateGrace: 0 });
        await browser.visit((own) => own().regenerate(() => ({ userId: 'ada' })));
        const id = (await browser.visit((own) => own().id())) ?? '';
        const { key, text } = await stored();
        expect(key).toMatch(/^[\w-]{43}$/);
        expect(`${key} ${text}`).not.toContain(id);
      });

      it.each([
        ['no JSON', '{"n":1,'],
        ['no object', '1'],
        ['nested too deep', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
        ['too large', JSON.stringify({ n: 1, cart: ['x'.repeat(9 * 1024 * 1024)] })],
      ])('is no session if it is %s', async (_, text) => {
        const { browser } = browse();
        await browser.visit((own) => own().set('n', 1));
        await shared.put({ ...(await stored()), text });
        expect(await browser.visit((own) => own().all())).toEqual({});
        await browser.visit((own) => own().set('n', 2));
        expect(await browser.visit((own) => own().all())).toEqual({ n: 2 });
      });

      it('is kept apart where keys differ only in the case of letters', async () => {
        for (const [key, n] of [
          ['aB', 1],
          ['Ab', 2],
          ['ab', 3],
        ] as const) {
          await shared.store.set(key, { n, cookie: { expires: new Date(Date.now() + 60_000) } });
        }
        expect(await shared.store.get('aB')).toMatchObject({ n: 1 });
        await shared.store.destroy('ab');
        expect((await shared.records()).map(({ key }) => key).sort()).toEqual(['Ab', 'aB']);
      });
    });
  });
}
