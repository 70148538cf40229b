import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionEvent } from '../events/session-event.js';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import { hashSessionId } from '../record/session-id.js';
import type { SessionRecord } from '../store-contract/store.js';
import { Browser } from '../test-kits/browser.js';
import { PlainStore, SpyStore } from '../test-kits/spy-store.js';

const KEY = 'an encryption key of 32 letters, or of some more';
const OLD = 'the encryption key of last year, which is replaced';

type Data = { user: string; n: number };

let events: SessionEvent[];
beforeEach(() => {
  events = [];
});

function setUp(options: Options<Data>) {
  const onEvent = (event: SessionEvent) => events.push(event);
  return nextAppSession<Data>({ secret: 'a secret', onEvent, ...options });
}

async function signIn(session: Browser<Data>['session']) {
  const browser = new Browser<Data>(session);
  const { result } = await browser.visit(async (own) => {
    await own().set('user', 'ada');
    return own().id();
  });
  return { browser, cookies: Object.fromEntries(browser.cookies), key: hashSessionId(String(result)) };
}

const all = async (browser: Browser<Data>) => (await browser.visit((own) => own().all())).result;

async function expectRejected(reason: string) {
  await vi.waitFor(() => expect(events).toContainEqual({ type: 'record_rejected', reason }), 20_000);
}

/** Arrays in each other. */
const nested = (depth: number): unknown => {
  let value: unknown = 0;
  for (let at = 0; at < depth; at++) value = [value];
  return value;
};

describe('beside a sealed text', () => {
  it.each<[string, unknown]>([
    ['data that nests too deep', nested(100_000)],
    ['as much as no record may have', 'x'.repeat(20_000)],
  ])('%s changes nothing, since nobody reads it', async (_, junk) => {
    const store = new SpyStore();
    const { browser, key } = await signIn(setUp({ store, encryptionKey: KEY, maxBytes: 1024 }));
    const record = await store.memory.get(key);
    vi.spyOn(store.atomic, 'load').mockImplementation(async () => ({
      record: { ...record, junk } as SessionRecord,
      version: 'any',
    }));
    expect(await all(browser)).toEqual({ user: 'ada' });
  });
});

it('a sealed text of more than eight times maxBytes is not opened', async () => {
  const store = new SpyStore();
  const { browser, key } = await signIn(setUp({ store, encryptionKey: KEY, maxBytes: 1024 }));
  const record = await store.memory.get(key);
  await store.memory.set(key, { ...record, __session: `s1.${'A'.repeat(9 * 1024)}` } as SessionRecord);
  expect(await all(browser)).toEqual({});
  await expectRejected('too_large');
});

it('data of maxBytes can be written and read, though its sealed text is larger', async () => {
  const session = setUp({ store: new SpyStore(), encryptionKey: KEY, maxBytes: 20_000 });
  const { browser } = await signIn(session);
  const user = 'u'.repeat(19_700);
  await browser.visit((own) => own().set('user', user));
  expect(await all(browser)).toEqual({ user });
  const tooLarge = browser.visit((own) => own().set('user', `${user}${user}`));
  await expect(tooLarge).rejects.toMatchObject({ code: 'ERR_SESSION_DATA' });
});

it('letters that are no base64url change nothing: it is the same session, and its next write is clean', async () => {
  const store = new SpyStore();
  const { browser, key } = await signIn(setUp({ store, encryptionKey: KEY }));
  const record = await store.memory.get(key);
  const text = String(record?.__session);
  await store.memory.set(key, {
    ...record,
    __session: `${text.slice(0, 9)}\n ${text.slice(9)}==`,
  } as SessionRecord);
  expect(await all(browser)).toEqual({ user: 'ada' });
  await browser.visit((own) => own().set('n', 1));
  expect((await store.memory.get(key))?.__session).toMatch(/^s1\.[\w-]+$/);
  expect(await all(browser)).toEqual({ user: 'ada', n: 1 });
});

describe('a store that ends idle sessions itself', () => {
  class ExpiringStore extends PlainStore {
    readonly expiry = 'store';
    readonly touched: string[] = [];
    readonly written: string[] = [];
    async touch(key: string) {
      this.touched.push(key);
    }
    override async set(key: string, record: SessionRecord) {
      this.written.push(key);
      await super.set(key, record);
    }
  }

  it('cannot make a sealed session live longer: the sealed date counts, and a read moves it by a write', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const store = new ExpiringStore();
      const session = setUp({ store, hashIds: true, encryptionKey: KEY, idleTimeout: 600 });
      const { browser, key } = await signIn(session);
      vi.setSystemTime(Date.now() + 500_000);
      expect(await all(browser)).toEqual({ user: 'ada' });
      expect([store.touched, store.written]).toEqual([[], [key, key]]);
      vi.setSystemTime(Date.now() + 500_000);
      expect(await all(browser)).toEqual({ user: 'ada' });
      vi.setSystemTime(Date.now() + 601_000);
      expect(await all(browser)).toEqual({});
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a sign-out', () => {
  it.each<[string, Options, Options]>([
    ['sealed with a key that this process has not', { encryptionKey: OLD }, { encryptionKey: KEY }],
    ['sealed, where this process has no key', { encryptionKey: KEY }, {}],
    ['not sealed, where this process has a key', {}, { encryptionKey: KEY }],
  ])('deletes a record that is %s: another process may open it', async (_, there, here) => {
    const store = new SpyStore();
    const { browser, cookies, key } = await signIn(setUp({ store, ...there }));
    expect(await all(browser)).toEqual({ user: 'ada' });
    await new Browser(setUp({ store, ...here }), cookies).visit((own) => own().destroy());
    expect(await store.memory.get(key)).toBeNull();
    expect(await all(browser)).toEqual({});
  });
});
