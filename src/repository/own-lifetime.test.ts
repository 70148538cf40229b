import { describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import type { AppSession } from '../session/app-session.js';
import type { Store } from '../store-contract/store.js';
import { MemoryStore } from '../stores/memory/memory-store.js';
import { Browser, type SetCookie } from '../test-kits/browser.js';
import { NextScope } from '../test-kits/next-scope.js';
import { KeepingStore, PlainStore } from '../test-kits/spy-store.js';
import { DAY, type Data, MINUTE, startClock } from '../test-kits/user-sessions.js';

startClock();

const MONTH_S = 30 * 86_400;
const HOUR_S = 3600;

type Own = () => AppSession<Data>;

/** Sets up an app that keeps its cookie until the browser is closed, and a session for an hour, unless it is remembered. */
function setUp(options: Partial<Options<Data>> = {}) {
  const session = nextAppSession<Data>({
    name: 'lifetime',
    secret: 'a secret',
    store: new MemoryStore(),
    idleTimeout: HOUR_S,
    user: (data) => data.userId,
    ...options,
  });
  const browser = new Browser(session);
  const visit = (work: (own: Own) => Promise<unknown>) => browser.visit(work);
  const remember = (maxAge: number | 'browser' | null = MONTH_S) =>
    visit((own) => own().regenerate((data) => ({ ...data, userId: 'ada' }), { maxAge }));
  /** How long the session lives unused, in seconds. */
  const lifetime = async () => {
    const { result } = await browser.visit((own) => own().info());
    return result && (result.expiresAt - result.lastSeenAt) / 1000;
  };
  return { session, browser, visit, remember, lifetime };
}

/** The Max-Age of the session cookie that a response sets, `null` for a cookie that ends with the browser. */
function sentMaxAge(cookies: SetCookie[]): number | null | 'no cookie' {
  const [cookie] = cookies;
  if (!cookie) return 'no cookie';
  const { 'max-age': maxAge, expires } = cookie.attributes;
  return maxAge === undefined && expires === undefined ? null : Number(maxAge);
}

const CHANGES: [string, (own: Own, userId: string | null) => Promise<void>][] = [
  ['set', (own, userId) => own().set('userId', userId)],
  ['setAll', (own, userId) => own().setAll({ userId, n: 1 })],
  ['update', (own, userId) => own().update((data) => ({ ...data, userId }))],
  ['regenerate', (own, userId) => own().regenerate((data) => ({ ...data, userId }))],
];

const STORES: [string, () => Store][] = [
  ['MemoryStore', () => new MemoryStore()],
  ['a store that keeps the time', () => new KeepingStore()],
];

describe.each(STORES)('on %s', (_, store) => {
  describe.each(CHANGES)('by %s', (_, signIn) => {
    it('a second user in the same browser does not keep the first one’s remember-me', async () => {
      const { visit, remember, lifetime } = setUp({ store: store() });
      expect(sentMaxAge((await remember()).cookies)).toBe(MONTH_S);
      expect(await lifetime()).toBe(MONTH_S);
      vi.advanceTimersByTime(MINUTE / 2);
      const { cookies } = await visit((own) => signIn(own, 'bob'));
      expect(sentMaxAge(cookies)).toBeNull();
      expect(await lifetime()).toBe(HOUR_S);
      vi.advanceTimersByTime(HOUR_S * 1000);
      expect(await lifetime()).toBeNull();
    });

    it('who signs out without ending the session leaves no long lifetime', async () => {
      const { visit, remember, lifetime } = setUp({ store: store(), cookie: { maxAge: 600 } });
      await remember();
      vi.advanceTimersByTime(MINUTE / 2);
      const { cookies } = await visit((own) => signIn(own, null));
      expect(sentMaxAge(cookies)).toBe(600);
      expect(await lifetime()).toBe(HOUR_S);
    });

    it('a visitor who signs in, and a user who signs in again, keep what they were given', async () => {
      const { visit, lifetime } = setUp({ store: store() });
      await visit((own) => own().set('n', 1));
      await visit((own) => own().touch({ maxAge: MONTH_S }));
      await visit((own) => signIn(own, 'ada'));
      expect(await lifetime()).toBe(MONTH_S);
      await visit((own) => signIn(own, 'ada'));
      expect(await lifetime()).toBe(MONTH_S);
    });
  });

  it('who signs out by deleting the key of the user leaves no long lifetime', async () => {
    const { visit, remember, lifetime } = setUp({ store: store() });
    await remember();
    vi.advanceTimersByTime(MINUTE / 2);
    const { cookies } = await visit((own) => own().destroy('userId'));
    expect(sentMaxAge(cookies)).toBeNull();
    expect(await lifetime()).toBe(HOUR_S);
  });
});

it.each<[string, () => Store]>([...STORES, ['a store of 1.x', () => new PlainStore()]])(
  'touch({ maxAge: null }) gives the session the lifetime and the cookie of the options again, on %s',
  async (_, store) => {
    for (const maxAge of [undefined, 600]) {
      const { visit, remember, lifetime } = setUp({ store: store(), user: undefined, cookie: { maxAge } });
      await remember();
      const { cookies } = await visit((own) => own().touch({ maxAge: null }));
      expect(sentMaxAge(cookies)).toBe(maxAge ?? null);
      expect(await lifetime()).toBe(HOUR_S);
    }
  },
);

it('in a Server Action, a second user in the same browser does not keep the first one’s remember-me', async () => {
  const { session, browser, remember, lifetime } = setUp();
  await remember();
  const scope = new NextScope(Object.fromEntries(browser.cookies));
  await scope.run('action', () => session().regenerate((data) => ({ ...data, userId: 'bob' })));
  const [cookie = ''] = scope.setCookies();
  expect(cookie).toContain('HttpOnly');
  expect(cookie).not.toMatch(/max-age|expires/i);
  for (const [name, value] of Object.entries(scope.cookies())) browser.cookies.set(name, value);
  expect(await lifetime()).toBe(HOUR_S);
});

describe('a second user', () => {
  it('is remembered if the same call says so, though it says what was there', async () => {
    const { visit, remember, lifetime } = setUp();
    await remember();
    const { cookies } = await visit((own) =>
      own().regenerate((data) => ({ ...data, userId: 'bob' }), { maxAge: MONTH_S }),
    );
    expect(sentMaxAge(cookies)).toBe(MONTH_S);
    expect(await lifetime()).toBe(MONTH_S);
  });

  it('gets no cookie again at the next write: the one of the change was right', async () => {
    const { visit, remember } = setUp({ cookie: { maxAge: 600 } });
    await remember();
    vi.advanceTimersByTime(MINUTE / 2);
    await visit((own) => own().set('userId', 'bob'));
    vi.advanceTimersByTime(MINUTE / 2);
    expect((await visit((own) => own().set('n', 1))).cookies).toEqual([]);
  });

  it.each([[600], [undefined]])(
    'who came where no cookie can be set gets it with the next write (cookie.maxAge %s)',
    async (maxAge) => {
      const { session, browser, visit, remember, lifetime } = setUp({ cookie: { maxAge } });
      await remember();
      await session(browser.open().request).set('userId', 'bob');
      expect(await lifetime()).toBe(HOUR_S);
      const next = await visit((own) => own().set('n', 1));
      expect(sentMaxAge(next.cookies)).toBe(maxAge ?? null);
      expect((await visit((own) => own().set('n', 2))).cookies).toEqual([]);
    },
  );

  it.each(['a read', 'no read'])(
    'is noticed on a session that is older than the option, after %s',
    async (how) => {
      const store = new MemoryStore();
      const before = setUp({ store, user: undefined });
      await before.remember();
      const { session } = setUp({ store });
      const browser = new Browser(session, Object.fromEntries(before.browser.cookies));
      if (how === 'a read') await browser.visit((own) => own().get('n'));
      await browser.visit((own) => own().set('userId', 'bob'));
      const { result } = await browser.visit((own) => own().info());
      expect(result?.expiresAt).toBe(Date.now() + HOUR_S * 1000);
    },
  );

  it('whom a process without the option signed in is noticed by the next read', async () => {
    const store = new MemoryStore();
    const { browser, remember, lifetime, visit } = setUp({ store });
    await remember();
    const { session } = setUp({ store, user: undefined });
    await new Browser(session, Object.fromEntries(browser.cookies)).visit((own) =>
      own().set('userId', 'bob'),
    );
    expect(await lifetime()).toBe(HOUR_S);
    expect(sentMaxAge((await visit((own) => own().set('n', 1))).cookies)).toBeNull();
  });

  it('is not known to an app without the option: it says the lifetime at each sign-in', async () => {
    const { visit, remember, lifetime } = setUp({ user: undefined });
    await remember();
    await visit((own) => own().regenerate((data) => ({ ...data, userId: 'bob' })));
    expect(await lifetime()).toBe(MONTH_S);
    await visit((own) => own().regenerate((data) => ({ ...data, userId: 'cy' }), { maxAge: null }));
    expect(await lifetime()).toBe(HOUR_S);
  });
});

it('a user option that fails on what a session held before keeps nobody from signing in', async () => {
  const user = (data: Partial<Data>) => {
    if (data.userId === undefined) throw new Error('no user');
    return data.userId;
  };
  const store = new MemoryStore();
  const before = setUp({ store, user: undefined });
  await before.visit((own) => own().set('n', 1));
  await before.visit((own) => own().touch({ maxAge: MONTH_S }));
  const { session } = setUp({ store, user });
  const browser = new Browser(session, Object.fromEntries(before.browser.cookies));
  await browser.visit((own) => own().set('userId', 'ada'));
  expect((await browser.visit((own) => own().get('userId'))).result).toBe('ada');
});

describe("maxAge: 'browser'", () => {
  it.each<[string, (own: Own) => Promise<void>]>([
    ['regenerate', (own) => own().regenerate(undefined, { maxAge: 'browser' })],
    ['touch', (own) => own().touch({ maxAge: 'browser' })],
  ])('of %s: a cookie without Max-Age and Expires, and the lifetime of the options', async (_, live) => {
    const expires = new Date('2100-01-01');
    const { visit, remember, lifetime } = setUp({ cookie: { maxAge: 7200, expires } });
    await remember();
    const { cookies } = await visit(live);
    expect(cookies).toHaveLength(1);
    expect(sentMaxAge(cookies)).toBeNull();
    expect(await lifetime()).toBe(HOUR_S);
  });

  it('stays, and its cookie is not sent again: it never ages', async () => {
    const { visit, remember, lifetime } = setUp({ cookie: { maxAge: 7200 }, idleTimeout: 2 * HOUR_S });
    expect(sentMaxAge((await remember('browser')).cookies)).toBeNull();
    for (let n = 0; n < 3; n++) {
      vi.advanceTimersByTime(HOUR_S * 1000);
      expect((await visit((own) => own().set('n', n))).cookies).toEqual([]);
    }
    expect(sentMaxAge((await visit((own) => own().regenerate())).cookies)).toBeNull();
    expect((await visit((own) => own().touch())).cookies).toEqual([]);
    expect(await lifetime()).toBe(2 * HOUR_S);
  });

  it('is sent again once the secret is rotated', async () => {
    const store = new MemoryStore();
    const { browser, remember } = setUp({ store, cookie: { maxAge: 7200 } });
    await remember('browser');
    const { session } = setUp({ store, cookie: { maxAge: 7200 }, secret: ['a new secret', 'a secret'] });
    const later = new Browser(session, Object.fromEntries(browser.cookies));
    expect(sentMaxAge((await later.visit((own) => own().set('n', 1))).cookies)).toBeNull();
  });

  it('goes with its user, and with null', async () => {
    const { visit, remember } = setUp({ cookie: { maxAge: 600 } });
    await remember('browser');
    expect(sentMaxAge((await visit((own) => own().touch({ maxAge: null }))).cookies)).toBe(600);
    await remember('browser');
    expect(sentMaxAge((await visit((own) => own().set('userId', 'bob'))).cookies)).toBe(600);
  });

  it('follows the options of the server, as those of tomorrow say', async () => {
    const store = new MemoryStore();
    const { browser, remember } = setUp({ store });
    await remember('browser');
    const { session } = setUp({ store, idleTimeout: DAY / 1000 });
    const later = new Browser(session, Object.fromEntries(browser.cookies));
    await later.visit((own) => own().set('n', 1));
    expect((await later.visit((own) => own().info())).result?.expiresAt).toBe(Date.now() + DAY);
  });
});
