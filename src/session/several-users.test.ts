import { describe, expect, it, vi } from 'vitest';
import { Browser } from '../test-kits/browser.js';
import { NextScope } from '../test-kits/next-scope.js';
import { KeepingStore } from '../test-kits/spy-store.js';
import { ADA, all, DAY, SID, setUp, setUpTwoKeys, startClock } from '../test-kits/user-sessions.js';

startClock();

const OPTIONS = { code: 'ERR_SESSION_OPTIONS' };

/** The device of each session that a key lists. */
const devicesOf = async ({ session }: ReturnType<typeof setUpTwoKeys>, key: string | number) =>
  (await session.user(key).list()).map(({ data }) => data.device).sort();

describe('a user option that returns several IDs', () => {
  it.each<[string, unknown]>([
    ['nothing among them', [null, 'ada', undefined, '', 'sid:laptop']],
    ['one of them twice', ['ada', 'sid:laptop', 'ada']],
    ['eight, some of them twice', ['ada', 'sid:laptop', 1, 2, '2', 3, 4, 5, 6, 1]],
  ])('counts each once: %s', async (_, ids) => {
    const app = setUpTwoKeys({ user: () => ids as never });
    await new Browser(app.session).visit((own) => own().set('device', 'laptop'));
    expect(await devicesOf(app, 'ada')).toEqual(['laptop']);
    expect(await app.session.user('sid:laptop').revokeAll()).toBe(1);
    expect(await devicesOf(app, 'ada')).toEqual([]);
  });

  it.each([[[]], [[null, undefined, '']]])('belongs to nobody if they are %j', async (ids) => {
    const { session, store } = setUp({ user: () => ids });
    await new Browser(session).visit((own) => own().set('n', 1));
    expect(store.spy.calls).toEqual(['set']);
  });

  it('may return eight at most', async () => {
    const { session } = setUp({ user: () => [1, 2, 3, 4, 5, 6, 7, 8, 9] });
    await new Browser(session).visit(async (own) => {
      await expect(own().set('n', 1)).rejects.toMatchObject({
        ...OPTIONS,
        message: expect.stringContaining('8 IDs at most'),
      });
    });
  });

  it('is asked for one of them at a time', () => {
    const { session } = setUpTwoKeys();
    expect(() => session.user(['ada', 'sid:laptop'] as never)).toThrow(expect.objectContaining(OPTIONS));
  });
});

describe('a session of two users', () => {
  it('is listed by each of them, with the others of that one', async () => {
    const app = setUpTwoKeys();
    await app.signIn('ada', 'laptop');
    const phone = await app.signIn('ada', 'phone');
    await app.signIn('bob', 'phone');
    expect(await devicesOf(app, 'ada')).toEqual(['laptop', 'phone']);
    expect(await devicesOf(app, 'sid:phone')).toEqual(['phone', 'phone']);
    expect(await devicesOf(app, 'bob')).toEqual(['phone']);
    await new NextScope(Object.fromEntries(phone.cookies)).run('action', async () => {
      for (const key of ['ada', 'sid:phone']) {
        const listed = await app.session.user(key).list();
        expect(listed.filter(({ current }) => current)).toHaveLength(1);
      }
    });
  });

  it.each(['ada', 'sid:laptop'])(
    'ends by the handle that %s lists, and by no handle of another',
    async (key) => {
      const { session, signIn, indexed } = setUpTwoKeys();
      const browser = await signIn();
      await signIn('bob', 'tablet');
      const [tablet] = await session.user('bob').list();
      expect(await session.user(key).revoke(tablet?.handle ?? '')).toBe(false);
      const [row] = await session.user(key).list();
      expect(await session.user(key).revoke(row?.handle ?? '')).toBe(true);
      expect(await all(browser)).toEqual({});
      expect([await indexed(ADA), await indexed(SID)]).toEqual([0, 0]);
    },
  );

  it.each(['ada', 'sid:laptop'])('ends by revokeAll of %s, here and in its own request', async (key) => {
    const { session, signIn, indexed } = setUpTwoKeys();
    const browser = await signIn();
    const next = new NextScope(Object.fromEntries(browser.cookies));
    await next.run('action', async () => {
      expect(await session().get('userId')).toBe('ada');
      expect(await session.user(key).revokeAll()).toBe(1);
      expect(await session().all()).toEqual({});
    });
    expect(next.setCookies()).toEqual([expect.stringMatching(/Expires=Thu, 01 Jan 1970/)]);
    expect([await indexed(ADA), await indexed(SID)]).toEqual([0, 0]);
  });

  it.each(['ada', 'sid:laptop'])('is the one that revokeOthers of %s keeps', async (key) => {
    const { session, signIn } = setUpTwoKeys();
    const here = await signIn();
    const there = await signIn();
    const next = new NextScope(Object.fromEntries(here.cookies));
    expect(await next.run('action', () => session.user(key).revokeOthers())).toBe(1);
    expect(await all(here)).toMatchObject({ userId: 'ada' });
    expect(await all(there)).toEqual({});
  });

  it('that one of them revokes leaves the other sessions of the other', async () => {
    const app = setUpTwoKeys();
    await app.signIn('ada', 'laptop');
    const phone = await app.signIn('ada', 'phone');
    expect(await app.session.user('sid:laptop').revokeAll()).toBe(1);
    expect(await devicesOf(app, 'ada')).toEqual(['phone']);
    expect(await all(phone)).toMatchObject({ userId: 'ada' });
  });

  it.each(['ada', 'sid:laptop'])('ends with its grace copies by %s', async (key) => {
    const { session, signIn } = setUpTwoKeys();
    const browser = await signIn();
    const old = new Browser(session, Object.fromEntries(browser.cookies));
    await browser.visit((own) => own().regenerate());
    expect(await all(old)).toMatchObject({ userId: 'ada' });
    expect(await session.user(key).revokeAll()).toBe(1);
    expect([await all(browser), await all(old)]).toEqual([{}, {}]);
  });

  it.each([true, false])(
    'ends with the entry that ends first, if that is its first one: %s',
    async (isFirst) => {
      const store = new KeepingStore();
      const { session, signIn } = setUpTwoKeys({ store, user: ({ userId }) => userId });
      const browser = await signIn();
      vi.advanceTimersByTime(DAY / 2);
      const { session: later } = setUp({
        store,
        user: ({ userId }) => (isFirst ? [userId, 'late'] : ['late', userId]),
        idleTimeout: 60 * 86_400,
        absoluteTimeout: 90 * 86_400,
      });
      const again = new Browser(later, Object.fromEntries(browser.cookies));
      expect(await all(again)).toMatchObject({ userId: 'ada' });
      expect(await later.user('late').list()).toHaveLength(1);
      vi.advanceTimersByTime(29 * DAY);
      await again.visit((own) => own().set('n', 1));
      expect((await again.visit((own) => own().info())).result?.expiresAt).toBe(Date.now() + DAY / 2);
      vi.advanceTimersByTime(DAY / 2);
      expect([await all(again), await session.user('ada').list(), await later.user('late').list()]).toEqual([
        {},
        [],
        [],
      ]);
    },
  );

  it('is known to each of them by the handle that it has there', async () => {
    const { session } = setUpTwoKeys();
    const browser = new Browser(session);
    await browser.visit((own) => own().regenerate(() => ({ userId: 'ada' })));
    await browser.visit((own) => own().regenerate((data) => ({ ...data, sid: 'laptop' })));
    const listed = await Promise.all(['ada', 'sid:laptop'].map((key) => session.user(key).list()));
    expect(new Set(listed.flat().map(({ handle }) => handle)).size).toBe(2);
    const next = new NextScope(Object.fromEntries(browser.cookies));
    await next.run('action', async () => {
      for (const key of ['ada', 'sid:laptop']) {
        expect(await session.user(key).list()).toMatchObject([{ current: true }]);
        expect(await session.user(key).revokeOthers()).toBe(0);
      }
    });
    expect(await all(browser)).toMatchObject({ userId: 'ada' });
    const [, [ofSid]] = listed as [unknown, [{ handle: string }]];
    expect(await session.user('ada').revoke(ofSid.handle)).toBe(false);
    expect(await session.user('sid:laptop').revoke(ofSid.handle)).toBe(true);
    expect(await all(browser)).toEqual({});
  });
});

describe('a session whose users change', () => {
  it('is in the index of the new one, not of the one that left, and the others have it on', async () => {
    const app = setUpTwoKeys();
    const browser = await app.signIn();
    await browser.visit((own) => own().set('sid', 'tablet'));
    expect(await devicesOf(app, 'sid:laptop')).toEqual([]);
    expect(await devicesOf(app, 'sid:tablet')).toEqual(['laptop']);
    expect(await devicesOf(app, 'ada')).toEqual(['laptop']);
    vi.advanceTimersByTime(60_000);
    expect(await app.session.user('sid:laptop').revokeAll()).toBe(0);
    expect(await all(browser)).toMatchObject({ userId: 'ada', sid: 'tablet' });
    expect(await app.session.user('sid:tablet').revokeAll()).toBe(1);
    expect(await all(browser)).toEqual({});
  });

  it('is listed once by one who left and came back under another ID', async () => {
    const app = setUpTwoKeys();
    const browser = await app.signIn();
    await browser.visit((own) => own().regenerate());
    for (const sid of ['tablet', 'laptop']) await browser.visit((own) => own().set('sid', sid));
    expect(await devicesOf(app, 'sid:laptop')).toEqual(['laptop']);
    expect(await app.session.user('sid:laptop').revokeAll()).toBe(1);
    expect(await all(browser)).toEqual({});
  });

  it.each<[string, object]>([
    ['the second', { sid: 'tablet' }],
    ['the first', { userId: 'bob' }],
  ])('leaves no grace copy that shows one who left: %s', async (_, change) => {
    const { session, signIn } = setUpTwoKeys();
    for (const how of ['update', 'regenerate'] as const) {
      const browser = await signIn();
      const old = [new Browser(session, Object.fromEntries(browser.cookies))];
      await browser.visit((own) => own().regenerate());
      old.push(new Browser(session, Object.fromEntries(browser.cookies)));
      await browser.visit((own) => own()[how]((data) => ({ ...data, ...change })));
      expect(await all(browser)).toMatchObject({ device: 'laptop', ...change });
      const shown = await Promise.all(old.map(all));
      // A session that was not moved is what the second cookie still opens.
      expect(shown).toEqual([{}, how === 'update' ? expect.objectContaining(change) : {}]);
    }
  });

  it('keeps its grace copies where one joins', async () => {
    const { session } = setUpTwoKeys();
    const browser = new Browser(session);
    await browser.visit((own) => own().set('userId', 'ada'));
    const old = new Browser(session, Object.fromEntries(browser.cookies));
    await browser.visit((own) => own().regenerate((data) => ({ ...data, sid: 'laptop' })));
    expect(await all(old)).toEqual({ userId: 'ada' });
    expect(await session.user('sid:laptop').revokeAll()).toBe(1);
    expect([await all(old), await all(browser)]).toEqual([{}, {}]);
  });

  it.each<[string, object, boolean]>([
    ['another user comes', { userId: 'bob' }, false],
    ['the user leaves', { userId: null }, false],
    ['only the second one changes', { sid: 'tablet' }, true],
    ['only the second one leaves', { sid: '' }, true],
  ])('keeps the lifetime of its own if its first user stays: %s', async (_, change, isKept) => {
    const { signIn } = setUpTwoKeys({ cookie: { maxAge: 600 } });
    const browser = await signIn();
    await browser.visit((own) => own().touch({ maxAge: 86_400 }));
    await browser.visit((own) => own().update((data) => ({ ...data, ...change })));
    const expiresAt = (await browser.visit((own) => own().info())).result?.expiresAt ?? 0;
    expect(expiresAt - Date.now()).toBe(isKept ? DAY : 600_000);
  });

  it('keeps the lifetime of its own if a user comes before the one that it had', async () => {
    const { session } = setUpTwoKeys({ cookie: { maxAge: 600 } });
    const browser = new Browser(session);
    await browser.visit((own) => own().regenerate(() => ({ sid: 'laptop' }), { maxAge: 86_400 }));
    await browser.visit((own) => own().set('userId', 'ada'));
    const expiresAt = (await browser.visit((own) => own().info())).result?.expiresAt ?? 0;
    expect(expiresAt - Date.now()).toBe(DAY);
  });
});
