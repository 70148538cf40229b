import { describe, expect, it, vi } from 'vitest';
import { hashSessionId, sessionHandle } from '../record/session-id.js';
import { callOptions } from '../store-contract/store.js';
import { Browser } from '../test-kits/browser.js';
import { SpyStore } from '../test-kits/spy-store.js';
import { ADA, all, callsOf, DAY, type Data, MINUTE, setUp, startClock } from '../test-kits/user-sessions.js';

startClock();

describe('the index of a user', () => {
  it('costs store calls only where the user or the ID changes', async () => {
    const { session, store } = setUp();
    const browser = new Browser(session);
    const calls = (work: Parameters<typeof browser.visit>[0]) => callsOf(store, browser, work);
    expect(await calls((own) => own().set('n', 1))).toBe('set');
    expect(await calls((own) => own().regenerate((data) => ({ ...data, userId: 'ada' })))).toBe(
      'get index set index set',
    );
    expect(await calls((own) => own().get('n'))).toBe('get');
    expect(await calls((own) => own().set('n', 2))).toBe('get set');
    expect(await calls((own) => own().update((data) => ({ ...data, n: 3 })))).toBe('get set');
    // The last two delete the grace copy, which still shows ada.
    expect(await calls((own) => own().set('userId', 'bob'))).toBe('get index set index get set');
    expect(await calls((own) => own().destroy('userId'))).toBe('get set get');
    expect(await calls((own) => own().set('userId', 'ada'))).toBe('get index set index');
    expect(await calls((own) => own().regenerate())).toBe('get index set index set unindex');
    vi.advanceTimersByTime(2 * MINUTE);
    // The two reads are of grace copies, which only the clock of this server says are gone.
    expect(await calls((own) => own().destroy())).toBe('get index revoke get get destroy unindex');
  });

  it.each<[string, (browser: Browser<Data>) => Promise<unknown>]>([
    ['set', (browser) => browser.visit((own) => own().set('userId', 'ada'))],
    ['setAll', (browser) => browser.visit((own) => own().setAll({ userId: 'ada' }))],
    ['update', (browser) => browser.visit((own) => own().update((data) => ({ ...data, userId: 'ada' })))],
    ['regenerate', (browser) => browser.visit((own) => own().regenerate(() => ({ userId: 'ada' })))],
  ])('is written by %s, on a new session and on an existing one', async (_, signIn) => {
    const { session, ada } = setUp();
    const fresh = new Browser(session);
    await signIn(fresh);
    expect(await ada.list()).toHaveLength(1);
    const known = new Browser(session);
    await known.visit((own) => own().set('n', 1));
    await signIn(known);
    expect(await ada.list()).toHaveLength(2);
  });

  it('follows a change of user: the new user has the session, and the old one cannot revoke it', async () => {
    const { session, signIn, devices } = setUp();
    const browser = await signIn('ada');
    await browser.visit((own) => own().set('userId', 'bob'));
    expect(await devices('ada')).toEqual([]);
    expect(await devices('bob')).toEqual(['laptop']);
    // Until then a sign-in as ada may be on its way under this key, and a revocation holds for it too.
    vi.advanceTimersByTime(MINUTE);
    expect(await session.user('ada').revokeAll()).toBe(0);
    expect(await all(browser)).toMatchObject({ userId: 'bob' });
    // And back again.
    await browser.visit((own) => own().set('userId', 'ada'));
    expect(await session.user('ada').revokeAll()).toBe(1);
    expect(await all(browser)).toEqual({});
  });

  it('loses a session that has no user any more', async () => {
    const { signIn, devices } = setUp();
    const browser = await signIn();
    await browser.visit((own) => own().destroy('userId'));
    expect(await devices()).toEqual([]);
  });

  it('keeps a session that slid past its first expiry', async () => {
    const { ada, signIn } = setUp();
    const browser = await signIn();
    for (let day = 0; day < 30; day++) {
      vi.advanceTimersByTime(DAY / 2);
      await all(browser);
    }
    expect(await ada.list()).toHaveLength(1);
    expect(await ada.revokeAll()).toBe(1);
    expect(await all(browser)).toEqual({});
  });

  it('is written once, however long the session is used', async () => {
    const { store, signIn } = setUp();
    const browser = await signIn();
    store.spy.reset();
    for (let half = 0; half < 58; half++) {
      vi.advanceTimersByTime(DAY / 2);
      await all(browser);
      await browser.visit((own) => own().set('n', half));
    }
    expect(store.spy.calls).not.toContain('index');
    expect((await store.memory.users.list(ADA, { limit: 9 }, callOptions())).entries).toHaveLength(1);
  });

  it.each([
    [29, 1],
    [31, 0],
  ])('finds a session that only Express kept alive for %i days: %i', async (days, found) => {
    const { store, signIn, ada } = setUp({ hashIds: false, idleTimeout: 1800 });
    const browser = await signIn();
    const id = (await browser.visit((own) => own().id())).result ?? '';
    const { cookie, ...record } = (await store.memory.get(id)) ?? {};
    await store.memory.set(id, {
      ...record,
      cookie: { ...cookie, expires: new Date(Date.now() + 60 * DAY) },
    });
    vi.advanceTimersByTime(days * DAY);
    expect(await all(browser)).toEqual(found ? { userId: 'ada', device: 'laptop' } : {});
    expect(await ada.revokeAll()).toBe(found);
    expect(await all(browser)).toEqual({});
  });

  it('keeps a session with its own lifetime until that ends', async () => {
    const { ada, signIn } = setUp();
    const browser = await signIn();
    await browser.visit((own) => own().touch({ maxAge: 30 * 86_400 }));
    vi.advanceTimersByTime(29 * DAY);
    expect(await ada.list()).toHaveLength(1);
    vi.advanceTimersByTime(DAY);
    expect(await ada.list()).toEqual([]);
  });

  it('lets no session outlive its entry, even if the absolute timeout is raised later', async () => {
    const { store, signIn } = setUp({ absoluteTimeout: 10 });
    const browser = await signIn();
    const { session: later } = setUp({ store, absoluteTimeout: 1000 });
    const known = new Browser(later, Object.fromEntries(browser.cookies));
    vi.advanceTimersByTime(9000);
    await known.visit((own) => own().set('n', 1));
    expect((await known.visit((own) => own().info())).result?.expiresAt).toBe(Date.now() + 1000);
    expect(await later.user('ada').list()).toHaveLength(1);
    vi.advanceTimersByTime(1000);
    expect(await all(known)).toEqual({});
    expect(await later.user('ada').list()).toEqual([]);
  });

  it('follows a user that other software changed in the record, at the next read', async () => {
    const { session, store, signIn, devices } = setUp();
    const browser = await signIn('ada');
    const id = (await browser.visit((own) => own().id())).result ?? '';
    const key = hashSessionId(id);
    await store.memory.set(key, { ...(await store.memory.get(key)), userId: 'bob' });
    expect(await all(browser)).toMatchObject({ userId: 'bob' });
    expect([await devices('ada'), await devices('bob')]).toEqual([[], ['laptop']]);
    expect(await session.user('bob').revokeAll()).toBe(1);
  });

  it('keeps a session for as long as the store says, if the store ends idle sessions itself', async () => {
    // The date in the record stays as it was: only the store knows when the session ends.
    const store = Object.assign(new SpyStore(), { expiry: 'store' as const, touch: async () => {} });
    const { ada, signIn } = setUp({ store, regenerateGrace: 0 });
    const browser = await signIn();
    const id = (await browser.visit((own) => own().id())).result ?? '';
    const key = hashSessionId(id);
    const entry = {
      entry: sessionHandle(key),
      records: [{ key, record: await store.memory.get(key) }],
      isRecent: false,
    };
    vi.spyOn(store.users, 'list').mockResolvedValueOnce({ entries: [entry], cursor: null });
    vi.spyOn(store.users, 'revoke').mockResolvedValueOnce([entry]);
    vi.advanceTimersByTime(2 * DAY);
    expect(await ada.list()).toHaveLength(1);
    expect(await ada.revokeAll()).toBe(1);
  });

  it('gives the `user` option a copy: changing it changes nothing in the store', async () => {
    const { signIn } = setUp({
      user: (data) => {
        const { userId } = data;
        data.userId = 'eve';
        return userId;
      },
    });
    const browser = await signIn();
    expect(await all(browser)).toMatchObject({ userId: 'ada' });
    await browser.visit((own) => own().set('n', 1));
    expect(await all(browser)).toMatchObject({ userId: 'ada' });
  });

  it('loses a session that ended by sign-out or by timeout', async () => {
    const { signIn, store, ada } = setUp();
    const indexed = async () =>
      (await store.memory.users.list(ADA, { limit: 9 }, callOptions())).entries.length;
    const out = await signIn();
    await out.visit((own) => own().destroy());
    expect(await indexed()).toBe(0);
    const idle = await signIn();
    vi.advanceTimersByTime(DAY);
    await all(idle);
    expect(await indexed()).toBe(1);
    // The next list removes what leads to nothing.
    expect(await ada.list()).toEqual([]);
    expect(await indexed()).toBe(0);
  });

  it('gets a session that is older than the `user` option at its next read', async () => {
    const { session, store } = setUp({ user: undefined });
    const browser = new Browser(session);
    await browser.visit((own) => own().setAll({ userId: 'ada', device: 'old' }));
    const { session: later, store: another } = setUp({ store });
    expect(await later.user('ada').list()).toEqual([]);
    const again = new Browser(later, Object.fromEntries(browser.cookies));
    store.spy.reset();
    expect(await all(again)).toMatchObject({ userId: 'ada' });
    expect(store.spy.calls).toEqual(['get', 'index', 'set', 'index']);
    expect(await later.user('ada').list()).toHaveLength(1);
    store.spy.reset();
    await all(again);
    expect(store.spy.calls).toEqual(['get']);
    expect(another.spy.calls).toEqual([]);
  });
});
