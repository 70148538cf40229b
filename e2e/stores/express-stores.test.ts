import { createHash } from 'node:crypto';
import nextAppSession, { type Options, type Store } from 'next-app-session';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Browser } from './browser.kit.js';
import { expressStores, type RunningPackage } from './express-stores.kit.js';

interface Data {
  user: string;
  n: number;
  keys: Record<string, number>;
  [key: `key${number}`]: number;
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const AT_ONCE = Array.from({ length: 20 }, (_, index) => index);

describe.each(expressStores)('a session on $name', ({ start, limits }) => {
  let running: RunningPackage;
  let store: Store<object>;
  let stores = 0;
  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => running.stop());
  beforeEach(async () => {
    store = await running.open(`flow_${++stores}`);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const browser = (options: Options = {}, cookies = {}) =>
    new Browser(nextAppSession<Data>({ secret: 'a secret of the tests', store, ...options }), cookies);

  it('is created, read by another request, changed and read again', async () => {
    const ada = browser();
    await ada.visit((session) => session().set('user', 'ada'));
    expect(await ada.visit((session) => session().get('user'))).toBe('ada');
    await ada.visit((session) => session().set('n', 1));
    await ada.visit((session) =>
      session().update((data) => {
        data.n = (data.n ?? 0) + 1;
      }),
    );
    expect(await ada.visit((session) => session().all())).toEqual({ user: 'ada', n: 2 });
    await ada.visit((session) => session().destroy('user'));
    expect(await ada.visit((session) => session().all())).toEqual({ n: 2 });
  });

  it('keeps when it was created', async () => {
    const ada = browser();
    await ada.visit((session) => session().set('n', 1));
    const before = await ada.visit((session) => session().info());
    await wait(20);
    await ada.visit((session) => session().set('n', 2));
    const after = await ada.visit((session) => session().info());
    expect(after?.createdAt).toBe(before?.createdAt);
    expect(after?.expiresAt).toBeGreaterThan(before?.expiresAt ?? 0);
  });

  it('ends when it was idle, also where only its own date says so', async () => {
    const ada = browser({ idleTimeout: 0.5 });
    await ada.visit((session) => session().set('user', 'ada'));
    await wait(550 + (limits?.expiryPrecision ?? 0));
    expect(await ada.visit((session) => session().get('user'))).toBeNull();
    const id = idOf(ada.cookies);
    expect(await store.get(id)).toBeNull();
  });

  it('lives while it is read, and while it is touched', async () => {
    // Two seconds, since some count in whole ones.
    const ada = browser({ idleTimeout: 2, touchAfter: 0 });
    await ada.visit((session) => session().set('user', 'ada'));
    for (let round = 0; round < 3; round++) {
      await wait(800);
      expect(await ada.visit((session) => session().get('user'))).toBe('ada');
    }
    const eve = browser({ idleTimeout: 2, touchAfter: 60 });
    await eve.visit((session) => session().set('user', 'eve'));
    await wait(1200);
    await eve.visit((session) => session().touch());
    await wait(1200);
    expect(await eve.visit((session) => session().get('user'))).toBe('eve');
  });

  it('is sealed with encryptionKey and hashIds, lives while it is used, and takes a new key', async () => {
    const [key, old] = [
      'the encryption key of these tests, now',
      'the encryption key of these tests, before',
    ];
    const sealed = { hashIds: true, idleTimeout: 600, encryptionKey: old };
    const ada = browser(sealed);
    await ada.visit((session) => session().set('user', 'ada'));
    const id = createHash('sha256').update(idOf(ada.cookies)).digest('base64url');
    const stored = async () => JSON.stringify(await store.get(id));
    expect(await stored()).toMatch(/"__session":"s1\.[\w-]+"/);
    expect(await stored()).not.toContain('ada');
    vi.useFakeTimers({ toFake: ['Date'] });
    for (let round = 0; round < 2; round++) {
      vi.setSystemTime(Date.now() + 400_000);
      expect(await ada.visit((session) => session().get('user'))).toBe('ada');
    }
    const after = browser({ ...sealed, encryptionKey: [key, old] }, ada.cookies);
    expect(await after.visit((session) => session().get('user'))).toBe('ada');
    const alone = browser({ ...sealed, encryptionKey: key }, ada.cookies);
    expect(await alone.visit((session) => session().get('user'))).toBe('ada');
    await alone.visit((session) => session().destroy());
    expect(await store.get(id)).toBeNull();
  });

  it('ends with destroy, for every browser that has its cookie', async () => {
    const ada = browser();
    await ada.visit((session) => session().set('user', 'ada'));
    const thief = browser({}, ada.cookies);
    const id = idOf(ada.cookies);
    await ada.visit((session) => session().destroy());
    expect(ada.cookies).toEqual({});
    expect(await store.get(id)).toBeNull();
    expect(await thief.visit((session) => session().all())).toEqual({});
    await ada.visit((session) => session().destroy());
  });

  it('is not brought back by a slow request', async () => {
    const ada = browser();
    await ada.visit((session) => session().set('user', 'ada'));
    const slow = ada.open();
    await slow.session().get('user');
    await browser({}, ada.cookies).visit((session) => session().destroy());
    await expect(slow.session().set('user', 'eve')).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
    expect(await store.get(idOf(ada.cookies))).toBeNull();
  });

  it('moves to a new ID with its data', async () => {
    const ada = browser();
    await ada.visit((session) => session().set('user', 'ada'));
    const before = { ...ada.cookies };
    await ada.visit((session) =>
      session().regenerate((data) => {
        data.n = 1;
      }),
    );
    expect(idOf(ada.cookies)).not.toBe(idOf(before));
    expect(await ada.visit((session) => session().all())).toEqual({ user: 'ada', n: 1 });
    expect(await store.get(idOf(before))).toBeNull();
    expect(await browser({}, before).visit((session) => session().all())).toEqual({});
  });

  it('is not adopted where the store knows no such ID', async () => {
    const unsigned = { store, idleTimeout: 60 };
    const eve = new Browser(nextAppSession<Data>(unsigned), { sid: 'an-id-of-eve' });
    expect(await eve.visit((session) => session().all())).toEqual({});
    await eve.visit((session) => session().set('user', 'eve'));
    expect(eve.cookies.sid).not.toBe('an-id-of-eve');
    expect(await store.get('an-id-of-eve')).toBeNull();
  });

  it('takes an unsigned ID as long as may be for one that is not there', async () => {
    const eve = new Browser(nextAppSession<Data>({ store }), { sid: 'x'.repeat(256) });
    expect(await eve.visit((session) => session().all())).toEqual({});
    await eve.visit((session) => session().destroy());
  });

  it('loses no update of this process', async () => {
    // The writes wait for each other.
    const ada = browser({ storeTimeout: 60 });
    await ada.visit((session) => session().set('n', 0));
    await Promise.all([
      ...AT_ONCE.map(() => {
        const exchange = ada.open();
        return exchange.session().update((data) => {
          data.n = (data.n ?? 0) + 1;
        });
      }),
      ...AT_ONCE.map((key) => ada.open().session().set(`key${key}`, key)),
    ]);
    const keys = Object.fromEntries(AT_ONCE.map((key) => [`key${key}`, key]));
    expect(await ada.visit((session) => session().all())).toEqual({ n: AT_ONCE.length, ...keys });
  });
});

/** The session ID in a signed cookie. */
function idOf({ sid = '' }: Record<string, string>): string {
  return /^s:([^.]+)\./.exec(sid)?.[1] ?? '';
}
