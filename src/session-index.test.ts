import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Browser } from './browser.test-kit.js';
import { ADA, all, DAY, type Data, MINUTE, setUp } from './user-sessions.test-kit.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('the index is kept right', () => {
  it('at one more store call for a write that changes the user, and none for any other, or a read', async () => {
    const { session, store } = setUp();
    const browser = new Browser(session);
    const calls = async (work: Parameters<typeof browser.visit>[0]) => {
      store.spy.reset();
      await browser.visit(work);
      return store.spy.calls.join(' ');
    };
    expect(await calls((own) => own().set('n', 1))).toBe('set');
    expect(await calls((own) => own().regenerate((data) => ({ ...data, userId: 'ada' })))).toBe(
      'get index set set',
    );
    expect(await calls((own) => own().get('n'))).toBe('get');
    expect(await calls((own) => own().set('n', 2))).toBe('get set');
    expect(await calls((own) => own().update((data) => ({ ...data, n: 3 })))).toBe('get set');
    expect(await calls((own) => own().set('userId', 'bob'))).toBe('get index set');
    expect(await calls((own) => own().destroy('userId'))).toBe('get set');
    expect(await calls((own) => own().set('userId', 'ada'))).toBe('get index set');
    vi.advanceTimersByTime(6000);
    expect(await calls((own) => own().destroy())).toBe('get destroy unindex');
  });

  it.each<[string, (browser: Browser<Data>) => Promise<unknown>]>([
    ['set', (browser) => browser.visit((own) => own().set('userId', 'ada'))],
    ['setAll', (browser) => browser.visit((own) => own().setAll({ userId: 'ada' }))],
    ['update', (browser) => browser.visit((own) => own().update((data) => ({ ...data, userId: 'ada' })))],
    ['regenerate', (browser) => browser.visit((own) => own().regenerate(() => ({ userId: 'ada' })))],
  ])('by %s, on a new session and on one that is there', async (_, signIn) => {
    const { session, ada } = setUp();
    const fresh = new Browser(session);
    await signIn(fresh);
    expect(await ada.list()).toHaveLength(1);
    const known = new Browser(session);
    await known.visit((own) => own().set('n', 1));
    await signIn(known);
    expect(await ada.list()).toHaveLength(2);
  });

  it('when the user of a session changes: it is the new one’s, and the old one cannot end it', async () => {
    const { session, signIn, devices } = setUp();
    const browser = await signIn('ada');
    await browser.visit((own) => own().set('userId', 'bob'));
    expect(await devices('ada')).toEqual([]);
    expect(await devices('bob')).toEqual(['laptop']);
    expect(await session.user('ada').revokeAll()).toBe(0);
    expect(await all(browser)).toMatchObject({ userId: 'bob' });
    // And back again.
    await browser.visit((own) => own().set('userId', 'ada'));
    expect(await session.user('ada').revokeAll()).toBe(1);
    expect(await all(browser)).toEqual({});
  });

  it('when nobody is signed in any more', async () => {
    const { signIn, devices } = setUp();
    const browser = await signIn();
    await browser.visit((own) => own().destroy('userId'));
    expect(await devices()).toEqual([]);
  });

  it('for a session that slid past its first expiry', async () => {
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

  it('forgets what ended, by sign-out and by timeout', async () => {
    const { signIn, store } = setUp();
    const noted = () => store.memory.users.list(ADA);
    const out = await signIn();
    await out.visit((own) => own().destroy());
    expect(await noted()).toEqual([]);
    const idle = await signIn();
    vi.advanceTimersByTime(DAY);
    await all(idle);
    expect(await noted()).toEqual([]);
  });

  it('notes a session that is older than the option, as soon as it is read', async () => {
    const { session, store } = setUp({ user: undefined, name: 'users-later' });
    const browser = new Browser(session);
    await browser.visit((own) => own().setAll({ userId: 'ada', device: 'old' }));
    const { session: later, store: another } = setUp({ store, name: 'users-later' });
    expect(await later.user('ada').list()).toEqual([]);
    const again = new Browser(later, Object.fromEntries(browser.cookies));
    store.spy.reset();
    expect(await all(again)).toMatchObject({ userId: 'ada' });
    expect(store.spy.calls).toEqual(['get', 'index', 'set']);
    expect(await later.user('ada').list()).toHaveLength(1);
    store.spy.reset();
    await all(again);
    expect(store.spy.calls).toEqual(['get']);
    expect(another.spy.calls).toEqual([]);
  });
});

describe('whatever fails, in whichever order, no session is missed', () => {
  const down = new Error('down');
  const FAILED = { code: 'ERR_SESSION_STORE' };

  it('not noted: it is not written either', async () => {
    const { session, store } = setUp();
    const browser = new Browser(session);
    store.spy.fail('index', down);
    const { cookies } = await browser.visit(async (own) => {
      await expect(own().set('userId', 'ada')).rejects.toMatchObject(FAILED);
    });
    expect(cookies).toEqual([]);
    expect(store.spy.calls).toEqual(['index']);
  });

  it('not noted at a change of user: the session stays as it was', async () => {
    const { session, store, signIn } = setUp();
    const browser = await signIn('ada');
    store.spy.fail('index', down);
    await browser.visit(async (own) => {
      await expect(own().set('userId', 'bob')).rejects.toMatchObject(FAILED);
      expect(await own().get('userId')).toBe('ada');
    });
    expect(await session.user('ada').list()).toHaveLength(1);
  });

  it('noted, and not written: the entry leads to nothing, and is dropped once it has settled', async () => {
    const { session, store, ada } = setUp();
    store.spy.fail('set', down);
    await new Browser(session).visit(async (own) => {
      await expect(own().set('userId', 'ada')).rejects.toMatchObject(FAILED);
    });
    const noted = async () => (await store.memory.users.list(ADA)).length;
    expect(await noted()).toBe(1);
    expect(await ada.list()).toEqual([]);
    expect(await ada.revokeAll()).toBe(0);
    // It may be that the record is just about to be written: the entry stays.
    expect(await noted()).toBe(1);
    vi.advanceTimersByTime(61 * MINUTE);
    expect(await ada.list()).toEqual([]);
    expect(await noted()).toBe(0);
  });

  it('not removed: revoke throws, the others are ended, and the next try ends it', async () => {
    const { signIn, store, ada } = setUp();
    const browsers = [await signIn('ada', 'a'), await signIn('ada', 'b'), await signIn('ada', 'c')];
    store.spy.fail('set', down);
    await expect(ada.revokeAll()).rejects.toMatchObject(FAILED);
    const left = await Promise.all(browsers.map(all));
    expect(left.filter((data) => data.userId)).toHaveLength(1);
    expect(await ada.revokeAll()).toBe(1);
    expect(await Promise.all(browsers.map(all))).toEqual([{}, {}, {}]);
  });

  it('removed, and still noted: the entry leads to nothing', async () => {
    const { signIn, store, ada } = setUp();
    const browser = await signIn();
    store.spy.fail('unindex', down);
    expect(await ada.revokeAll()).toBe(1);
    expect(await all(browser)).toEqual({});
    expect(await ada.list()).toEqual([]);
    const other = await signIn();
    store.spy.fail('unindex', down);
    await other.visit((own) => own().destroy());
    expect(await ada.list()).toEqual([]);
  });

  it('not listed: it throws, and revokes nothing', async () => {
    const { signIn, store, ada } = setUp();
    const browser = await signIn();
    for (const work of [() => ada.list(), () => ada.revokeAll(), () => ada.revoke('x')]) {
      store.spy.fail('list', down);
      await expect(work()).rejects.toMatchObject(FAILED);
    }
    expect(await all(browser)).toMatchObject({ userId: 'ada' });
  });

  it('what is left of an old ID not removed: the session is not ended either, and the next try ends both', async () => {
    const { session, store, ada } = setUp();
    const browser = new Browser(session);
    await browser.visit((own) => own().set('n', 1));
    const old = new Browser(session, Object.fromEntries(browser.cookies));
    await browser.visit((own) => own().regenerate((data) => ({ ...data, userId: 'ada' })));
    store.spy.fail('destroy', down);
    await expect(ada.revokeAll()).rejects.toMatchObject(FAILED);
    expect(await all(browser)).toMatchObject({ userId: 'ada' });
    expect(await ada.revokeAll()).toBe(1);
    expect([await all(browser), await all(old)]).toEqual([{}, {}]);
  });

  it('sessions that others keep changing: ERR_SESSION_CONFLICT at last', async () => {
    const { signIn, store, ada } = setUp();
    const browser = await signIn();
    vi.spyOn(store, 'swap').mockResolvedValue(null);
    await expect(ada.revokeAll()).rejects.toMatchObject({ code: 'ERR_SESSION_CONFLICT' });
    vi.restoreAllMocks();
    expect(await all(browser)).toMatchObject({ userId: 'ada' });
  });

  it('no error holds the user, a session ID or what the store knows them by', async () => {
    const { signIn, store, ada } = setUp();
    await signIn();
    store.spy.fail('list', new Error(`cannot read ${ADA}`));
    const error = (await ada.list().catch((thrown: unknown) => thrown)) as Error;
    expect(String(error) + String(error.cause)).not.toContain(ADA);
  });
});
