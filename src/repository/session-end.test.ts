import { describe, expect, it, vi } from 'vitest';
import { signId } from '../cookie/signature.js';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import { hashSessionId } from '../record/session-id.js';
import { Browser } from '../test-kits/browser.js';
import { KeepingStore, PlainStore, SpyStore } from '../test-kits/spy-store.js';
import { DAY, startClock } from '../test-kits/user-sessions.js';

startClock();

const SECRET = 'a secret';
const GONE = { code: 'ERR_SESSION_GONE' };
const HOUR_S = 3600;

function browse(
  store: Options['store'],
  options: Partial<Options> = {},
  cookies: Record<string, string> = {},
) {
  const session = nextAppSession<{ n?: number; late?: boolean }>({ secret: SECRET, store, ...options });
  return new Browser(session, cookies);
}

const stores = [
  ['that compares and swaps', () => new SpyStore()],
  ['that ends idle sessions', () => new KeepingStore()],
  ['of three methods', () => new PlainStore()],
] as const;

describe.each(stores)('the absolute end within a request, on a store %s', (_, makeStore) => {
  it.each(['set', 'update', 'regenerate', 'destroy key'] as const)(
    'makes %s throw ERR_SESSION_GONE',
    async (how) => {
      const browser = browse(makeStore(), { absoluteTimeout: HOUR_S });
      await browser.visit((own) => own().set('n', 1));
      vi.advanceTimersByTime(HOUR_S * 1000 - 1);
      const { cookies } = await browser.visit(async (own) => {
        expect(await own().get('n')).toBe(1);
        vi.advanceTimersByTime(1);
        const writes = {
          set: () => own().set('n', 2),
          update: () => own().update((data) => ({ ...data, n: 2 })),
          regenerate: () => own().regenerate(),
          'destroy key': () => own().destroy('n'),
        };
        await expect(writes[how]()).rejects.toMatchObject(GONE);
      });
      expect(cookies).toEqual([]);
      expect((await browser.visit((own) => own().all())).result).toEqual({});
    },
  );
});

describe('absoluteTimeout', () => {
  it.each([
    ['1.x', {}],
    ['express-session', { cookie: { originalMaxAge: 20 * DAY, path: '/' } }],
  ])('starts for a record of %s that is only read', async (_, record) => {
    for (const [, makeStore] of stores.slice(0, 2)) {
      const store = makeStore() as SpyStore;
      const id = 'i'.repeat(22);
      const expires = new Date(Date.now() + 20 * DAY).toISOString();
      const cookie = 'cookie' in record ? { cookie: { ...record.cookie, expires } } : {};
      await store.memory.set(hashSessionId(id), { ...cookie, n: 1 });
      const browser = browse(store, { absoluteTimeout: 2 * 86_400 }, { sid: signId(id, [SECRET]) });
      const read = () => browser.visit((own) => own().get('n')).then(({ result }) => result);
      for (let half = 0; half < 4; half++) {
        expect(await read()).toBe(1);
        vi.advanceTimersByTime(DAY / 2);
      }
      expect(await read()).toBeNull();
    }
  });

  it('leaves a session of express-session the lifetime that it came with', async () => {
    const store = new SpyStore();
    const id = 'i'.repeat(22);
    const expires = new Date(Date.now() + 20 * DAY).toISOString();
    await store.memory.set(hashSessionId(id), { cookie: { originalMaxAge: 20 * DAY, expires }, n: 1 });
    const browser = browse(store, {}, { sid: signId(id, [SECRET]) });
    await browser.visit((own) => own().get('n'));
    vi.advanceTimersByTime(19 * DAY);
    expect((await browser.visit((own) => own().get('n'))).result).toBe(1);
  });
});

describe('expiry', () => {
  it('deletes only the version that it judged: another request may have renewed the session', async () => {
    const store = new SpyStore();
    const browser = browse(store);
    await browser.visit((own) => own().set('n', 1));
    vi.advanceTimersByTime(DAY);
    const { load } = store.memory.atomic;
    vi.spyOn(store.memory.atomic, 'load').mockImplementationOnce(async (id, options) => {
      // It is read just before it expires, and judged just after.
      const loaded = await load(id, { ...options, now: options.now - 1 });
      await store.memory.set(id, { cookie: { expires: options.now + DAY }, n: 2 });
      return loaded;
    });
    expect((await browser.visit((own) => own().get('n'))).result).toBeNull();
    expect((await browser.visit((own) => own().get('n'))).result).toBe(2);
  });

  it('reads again before it deletes, on a store that cannot compare', async () => {
    const store = new PlainStore();
    const browser = browse(store);
    await browser.visit((own) => own().set('n', 1));
    const [[id = '', old = '']] = [...store.records] as [[string, string]];
    vi.advanceTimersByTime(DAY);
    const renewed = JSON.parse(old);
    renewed.cookie.expires = Date.now() + DAY;
    store.spy.before('get', async () => {
      // What the first read gives is outdated at once.
      queueMicrotask(() => store.records.set(id, JSON.stringify({ ...renewed, n: 2 })));
    });
    await browser.visit((own) => own().get('n'));
    expect(JSON.parse(store.records.get(id) ?? '{}')).toMatchObject({ n: 2 });
  });

  it('is left to a store that ends idle sessions itself: the clock of this server may be ahead', async () => {
    const store = new KeepingStore();
    const browser = browse(store, { absoluteTimeout: 10 * 86_400 });
    await browser.visit((own) => own().set('n', 1));
    const now = Date.now();
    const { load } = store.memory.atomic;
    const read = vi
      .spyOn(store.memory.atomic, 'load')
      .mockImplementation((id) => load(id, { now, clock: 'system' }));
    vi.setSystemTime(now + 40 * DAY);
    store.spy.reset();
    expect((await browser.visit((own) => own().get('n'))).result).toBeNull();
    expect(store.spy.calls).not.toContain('destroy');
    read.mockRestore();
    vi.setSystemTime(now);
    expect((await browser.visit((own) => own().get('n'))).result).toBe(1);
  });
});

it('a sign-out does not wait behind hundreds of writers of its session', async () => {
  const store = new SpyStore();
  const browser = browse(store);
  await browser.visit((own) => own().set('n', 0));
  const cookies = Object.fromEntries(browser.cookies);
  let done = 0;
  const writers = Array.from({ length: 600 }, () =>
    browser
      .visit((own) => own().update((data) => ({ ...data, n: (data.n ?? 0) + 1 })))
      .then(
        () => done++,
        (error) => expect(error).toMatchObject(GONE),
      ),
  );
  await browser.visit((own) => own().destroy());
  expect(done).toBeLessThan(300);
  await Promise.all(writers);
  expect((await browse(store, {}, cookies).visit((own) => own().all())).result).toEqual({});
});
