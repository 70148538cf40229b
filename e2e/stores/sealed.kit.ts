import nextAppSession, { type Options } from 'next-app-session';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Browser } from './browser.kit.js';
import type { SharedStore, StoredText, StoreKind } from './shared-stores.kit.js';

interface Data {
  user: string;
  n: number;
  tokens: { access: string; isFresh: boolean };
}

const KEY = 'an encryption key of 32 letters, or of some more';
const OLD = 'the encryption key of last year, which is replaced';
const HOUR = 3_600_000;
const AT_ONCE = Array.from({ length: 10 }, (_, index) => index);

/** Adds the tests of sealed records: all works with them, and who can write to the store can neither read, forge nor move one. */
export function testSealed({ name, start }: StoreKind): void {
  describe(`sealed records, on ${name}`, () => {
    let shared: SharedStore;
    let reasons: string[];
    beforeAll(async () => {
      shared = await start();
    });
    afterAll(() => shared?.stop());
    beforeEach(async () => {
      reasons = [];
      await shared.clear();
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    function open(options: Partial<Options<Data>> = {}) {
      // Events come later: those of an earlier test are not for this one.
      const own = reasons;
      return nextAppSession<Data>({
        secret: 'a secret',
        store: shared.store,
        encryptionKey: KEY,
        user: (data) => data.user,
        onEvent: (event) => event.type === 'record_rejected' && own.push(event.reason),
        ...options,
      });
    }

    async function signIn(user: string, session = open()): Promise<Browser<Data>> {
      const browser = new Browser(session);
      await browser.visit((own) => own().regenerate(() => ({ user })));
      return browser;
    }

    /** The record that was not there before. */
    async function recordOf(browser: () => Promise<unknown>): Promise<StoredText> {
      const before = (await shared.records()).map(({ key }) => key);
      await browser();
      const [record, ...others] = (await shared.records()).filter(({ key }) => !before.includes(key));
      expect(others).toEqual([]);
      return record as StoredText;
    }

    const all = (browser: Browser<Data>) => browser.visit((own) => own().all());
    const textAt = async (at: string) => (await shared.records()).find(({ key }) => key === at)?.text;

    /** Puts a text in the place of a record, and expects that its visitor has no session and that the text stays. */
    async function expectRejected(browser: Browser<Data>, record: StoredText, text: string, reason: string) {
      await shared.put({ ...record, text, ttlMs: HOUR });
      const stored = await textAt(record.key);
      expect(await all(browser)).toEqual({});
      expect(await textAt(record.key)).toBe(stored);
      await vi.waitFor(() => expect(reasons).toEqual([reason]), 20_000);
      reasons.length = 0;
    }

    it('hold no word of the data, and take writes, new IDs, renewals, lists and revocation', async () => {
      const session = open();
      const ada = await signIn('ada-lovelace', session);
      await Promise.all(
        AT_ONCE.map(() => ada.visit((own) => own().update((data) => ({ ...data, n: (data.n ?? 0) + 1 })))),
      );
      await ada.visit((own) => own().set('tokens', { access: 'old', isFresh: false }));
      let renewals = 0;
      const renewed = await Promise.all(
        AT_ONCE.map(() =>
          new Browser(open(), ada.cookies).visit((own) =>
            own().refresh('tokens', {
              isFresh: ({ isFresh }) => isFresh,
              renew: async () => ({ access: `new ${++renewals}`, isFresh: true }),
            }),
          ),
        ),
      );
      expect(new Set(renewed.map((tokens) => tokens?.access))).toEqual(new Set(['new 1']));
      const before = new Browser(session, ada.cookies);
      await ada.visit((own) => own().regenerate());
      expect(await all(before)).toMatchObject({ user: 'ada-lovelace', n: AT_ONCE.length });
      const texts = (await shared.records()).map(({ text }) => text);
      expect(texts.length).toBe(2);
      for (const text of texts) {
        expect(text).toMatch(/^\{\s*"cookie"\s*:.*"__session"\s*:\s*"s1\.[\w-]+"\s*\}$/);
        expect(text).not.toMatch(/ada|access|tokens|sid/);
      }
      await signIn('ada-lovelace', session);
      expect(await session.user('ada-lovelace').list()).toHaveLength(2);
      expect(await session.user('ada-lovelace').revokeAll()).toBe(2);
      expect([await all(ada), await all(before)]).toEqual([{}, {}]);
      expect(await shared.records()).toEqual([]);
    });

    it('cannot be planted, changed or moved to another session, and what was put there stays as it is', async () => {
      const session = open();
      let [ada, eve] = [new Browser(session), new Browser(session)];
      const adas = await recordOf(async () => {
        ada = await signIn('ada', session);
      });
      const eves = await recordOf(async () => {
        eve = await signIn('eve', session);
      });
      const plain = {
        cookie: { expires: Date.now() + HOUR },
        __session: [2, 'sid', 'nonce', Date.now(), 0, 0],
      };
      await expectRejected(eve, eves, JSON.stringify({ ...plain, user: 'ada' }), 'not_sealed');
      await expectRejected(eve, eves, adas.text, 'sealed');
      const record = JSON.parse(eves.text) as { __session: string };
      const changed = (text: string) => JSON.stringify({ ...record, __session: text });
      await expectRejected(eve, eves, changed(record.__session.slice(0, -4)), 'sealed');
      const middle = record.__session.length >> 1;
      const other = record.__session[middle] === 'A' ? 'B' : 'A';
      const flipped = record.__session.slice(0, middle) + other + record.__session.slice(middle + 1);
      await expectRejected(eve, eves, changed(flipped), 'sealed');
      await shared.put({ ...eves, text: eves.text, ttlMs: HOUR });
      expect([await all(eve), await all(ada)]).toEqual([{ user: 'eve' }, { user: 'ada' }]);
    });

    it('end by the date that is sealed, though somebody tells the store to keep them', async () => {
      const session = open({ idleTimeout: 600 });
      let ada = new Browser(session);
      const record = await recordOf(async () => {
        ada = await signIn('ada', session);
      });
      const later = JSON.parse(record.text);
      later.cookie = { expires: Date.now() + 100 * HOUR, originalMaxAge: 100 * HOUR };
      await shared.put({ ...record, text: JSON.stringify(later), ttlMs: 100 * HOUR });
      expect(await all(ada)).toEqual({ user: 'ada' });
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
      expect(await all(ada)).toEqual({});
    });

    it('are not led to by the index of another user', async () => {
      const session = open();
      const add = vi.spyOn(shared.store.users, 'add');
      try {
        const ada = await signIn('ada', session);
        const adas = add.mock.calls.at(-1);
        await signIn('eve', session);
        const [eve, entry, options] = add.mock.calls.at(-1) ?? [];
        if (!adas || !eve || !entry || !options) throw new Error('No session was indexed.');
        await shared.store.users.add(eve, { ...entry, entry: 'planted', key: adas[1].key }, options);
        expect(await session.user('eve').list()).toHaveLength(1);
        await session.user('eve').revokeAll();
        expect(await all(ada)).toEqual({ user: 'ada' });
      } finally {
        add.mockRestore();
      }
    });

    it('can be put back in an older version, also after a sign-out, and nothing else', async () => {
      const session = open();
      let ada = new Browser(session);
      const older = await recordOf(async () => {
        ada = await signIn('ada', session);
      });
      await ada.visit((own) => own().set('n', 2));
      const cookies = { ...ada.cookies };
      await shared.put({ ...older, ttlMs: HOUR });
      expect(await all(ada)).toEqual({ user: 'ada' });
      await ada.visit((own) => own().destroy());
      await shared.put({ ...older, ttlMs: HOUR });
      expect(await all(new Browser(session, cookies))).toEqual({ user: 'ada' });
      // Its entry in the index is gone, so it lives until the date in it, or until the key is replaced.
      expect(await session.user('ada').revokeAll()).toBe(0);
      expect(await all(new Browser(session, cookies))).toEqual({ user: 'ada' });
      expect(await all(new Browser(open({ encryptionKey: OLD }), cookies))).toEqual({});
    });

    it('are sealed with the new key by the first read, and then open without the old one', async () => {
      const ada = await signIn('ada', open({ encryptionKey: OLD }));
      expect(await all(new Browser(open({ encryptionKey: [KEY, OLD] }), ada.cookies))).toEqual({
        user: 'ada',
      });
      expect(await all(new Browser(open(), ada.cookies))).toEqual({ user: 'ada' });
      expect(await all(new Browser(open({ encryptionKey: OLD }), ada.cookies))).toEqual({});
      await vi.waitFor(() => expect(reasons).toEqual(['sealed']), 20_000);
    });
  });
}
