import { describe, expect, it, vi } from 'vitest';
import type { SessionEvent } from '../events/session-event.js';
import { nextAppSession } from '../next-app-session.js';
import { hashSessionId } from '../record/session-id.js';
import { Browser } from '../test-kits/browser.js';
import { NextScope } from '../test-kits/next-scope.js';
import { SpyStore } from '../test-kits/spy-store.js';
import { all, type Data, handleOf, NAME, setUp, startClock } from '../test-kits/user-sessions.js';
import type { AppSession } from './app-session.js';

const GONE = { code: 'ERR_SESSION_GONE' };

startClock();

it('a request whose own destroy() timed out can still revoke the sessions of its user', async () => {
  const { session, signIn, store, devices } = setUp({ storeTimeout: 0.5, regenerateGrace: 0 });
  const browser = await signIn('ada', 'laptop');
  await signIn('ada', 'phone');
  await browser.visit(async (own, { request, response }) => {
    store.spy.reset();
    await own().get('n');
    const [key = ''] = store.spy.keys;
    store.spy.hang('destroy');
    store.spy.hang('set');
    await expect(own().destroy()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE_TIMEOUT' });
    store.spy.calm();
    // What timed out took effect after all.
    await store.memory.destroy(key);
    expect(await session.user('ada', request, response).revokeAll()).toBe(1);
  });
  expect(await devices()).toEqual([]);
});

describe('the own lifetime of a session', () => {
  it.each([
    ['touch', (own: AppSession<Data>, maxAge: number) => own.touch({ maxAge })],
    ['regenerate', (own: AppSession<Data>, maxAge: number) => own.regenerate(undefined, { maxAge })],
  ])('by %s may not exceed absoluteTimeout: its user could not find it after that', async (_, live) => {
    const { signIn } = setUp({ absoluteTimeout: 7200 });
    const browser = await signIn();
    await browser.visit(async (own) => {
      const tooLong = live(own(), 7201);
      await expect(tooLong).rejects.toMatchObject({ code: 'ERR_SESSION_OPTIONS' });
      await expect(tooLong).rejects.toThrow('7200 at most');
      await live(own(), 7200);
      expect((await own().info())?.expiresAt).toBe(Date.now() + 7200_000);
    });
  });
});

describe('a revoked session', () => {
  it('reads as empty in the next request, on every server', async () => {
    const { session, signIn, devices, ada, store } = setUp();
    const phone = await signIn('ada', 'phone');
    const laptop = await signIn('ada', 'laptop');
    expect(await ada.revoke(await handleOf(session, 'phone'))).toBe(true);
    expect(await all(phone)).toEqual({});
    expect(await all(laptop)).toMatchObject({ userId: 'ada' });
    expect(await devices()).toEqual(['laptop']);
    expect(await ada.revoke(await handleOf(session, 'phone'))).toBe(false);
    // Another process knows only the store.
    const other = nextAppSession<Data>({ name: NAME, secret: 'a secret', store });
    const cookies = Object.fromEntries(phone.cookies);
    expect((await new Browser(other, cookies).visit((own) => own().all())).result).toEqual({});
  });

  it.each(['set', 'update', 'regenerate', 'destroy key'])(
    'cannot be written by a request under way: %s',
    async (how) => {
      const { signIn, ada } = setUp();
      const phone = await signIn('ada', 'phone');
      const slow = phone.open();
      await slow.session().get('device');
      await ada.revokeAll();
      const writes = {
        set: () => slow.session().set('n', 1),
        update: () => slow.session().update((data) => ({ ...data, n: 1 })),
        regenerate: () => slow.session().regenerate(),
        'destroy key': () => slow.session().destroy('device'),
      };
      await expect(writes[how as keyof typeof writes]()).rejects.toMatchObject(GONE);
      expect(await all(phone)).toEqual({});
    },
  );

  it('ends with all its grace copies', async () => {
    const { session, ada } = setUp();
    const browser = new Browser(session);
    await browser.visit((own) => own().set('n', 1));
    const anonymous = new Browser(session, Object.fromEntries(browser.cookies));
    await browser.visit((own) => own().regenerate((data) => ({ ...data, userId: 'ada' })));
    const signedIn = new Browser(session, Object.fromEntries(browser.cookies));
    await browser.visit((own) => own().regenerate((data) => ({ ...data, device: 'sudo' })));
    expect(await all(anonymous)).toEqual({ n: 1 });
    expect(await all(signedIn)).toEqual({ n: 1, userId: 'ada' });
    expect(await ada.revokeAll()).toBe(1);
    expect([await all(anonymous), await all(signedIn), await all(browser)]).toEqual([{}, {}, {}]);
  });

  it.each<[string, (own: AppSession<Data>) => Promise<void>]>([
    ['setAll', (own) => own.setAll({})],
    ['regenerate', (own) => own.regenerate(() => ({ userId: 'bob' }))],
  ])('leaves no grace copy behind when its user changes by %s', async (_, change) => {
    const { session, signIn } = setUp();
    const browser = await signIn('ada', 'phone');
    const old = new Browser(session, Object.fromEntries(browser.cookies));
    await browser.visit((own) => own().regenerate());
    expect(await all(old)).toMatchObject({ userId: 'ada' });
    await browser.visit((own) => change(own()));
    expect(await all(old)).toEqual({});
  });

  it('is found by the handle of an earlier list, even if it got a new ID since', async () => {
    const { session, signIn, ada } = setUp();
    const phone = await signIn('ada', 'phone');
    const handle = await handleOf(session, 'phone');
    await phone.visit((own) => own().regenerate());
    expect(await ada.revoke(handle)).toBe(true);
    expect(await all(phone)).toEqual({});
  });

  it('ends even if its user signs in elsewhere meanwhile', async () => {
    const { session, signIn, store, ada } = setUp();
    await signIn('ada', 'phone');
    const handle = await handleOf(session, 'phone');
    store.spy.before('revoke', () => signIn('ada', 'another'));
    expect(await ada.revoke(handle)).toBe(true);
    expect((await ada.list()).map(({ data }) => data.device)).not.toContain('phone');
  });

  it('ends even if it gets a new ID while it is revoked', async () => {
    const { signIn, ada, store } = setUp();
    const phone = await signIn('ada', 'phone');
    // It gets a new ID just before it is revoked, and asks for another one just before its record is deleted.
    store.spy.before('revoke', () => phone.visit((own) => own().regenerate()));
    store.spy.before('destroy', () =>
      expect(phone.visit((own) => own().regenerate())).rejects.toMatchObject(GONE),
    );
    expect(await ada.revokeAll()).toBe(1);
    expect(await all(phone)).toEqual({});
  });
});

describe('revoke', () => {
  it('revokes nothing by the handle of another user’s session', async () => {
    const { session, signIn, ada } = setUp();
    const bobs = await signIn('bob', 'tablet');
    expect(await ada.revoke(await handleOf(session, 'tablet', 'bob'))).toBe(false);
    expect(await all(bobs)).toMatchObject({ userId: 'bob' });
  });

  it.each(['', 'x', '../etc', '{"$gt":""}', null, undefined, 7, {}])(
    'revokes nothing by a handle of %j',
    async (handle) => {
      const { signIn, ada } = setUp();
      const browser = await signIn();
      expect(await ada.revoke(handle as string)).toBe(false);
      expect(await all(browser)).toMatchObject({ userId: 'ada' });
    },
  );

  it.each([
    ['k', 1],
    ['-_09azAZ'.repeat(8), 1],
    ['', 0],
    ['-_09azAZ'.repeat(8).concat('a'), 0],
    ['a.b', 0],
    ['.ab', 0],
    ['ab.', 0],
    [['ab'], 0],
    [null, 0],
    [true, 0],
  ])('shows the store a handle only if it has the shape of one: %j', async (handle, count) => {
    const { ada, store } = setUp();
    const revoke = vi.spyOn(store.users, 'revoke');
    expect(await ada.revoke(handle as string)).toBe(false);
    expect(revoke).toHaveBeenCalledTimes(1);
    expect(revoke.mock.calls[0]?.[1].only).toEqual(count === 1 ? [handle] : []);
  });

  it('revokes nothing by the ID or the key of a session', async () => {
    const { signIn, ada } = setUp();
    const browser = await signIn();
    const id = (await browser.visit((own) => own().id())).result ?? '';
    expect(await ada.revoke(id)).toBe(false);
    expect(await ada.revoke(hashSessionId(id))).toBe(false);
  });
});

describe('revokeAll', () => {
  it('ends all sessions, outside a request too, and returns how many', async () => {
    const { signIn, ada, devices } = setUp();
    const mine = [await signIn('ada', 'a'), await signIn('ada', 'b'), await signIn('ada', 'c')];
    const bobs = await signIn('bob', 'd');
    expect(await ada.revokeAll()).toBe(3);
    for (const browser of mine) expect(await all(browser)).toEqual({});
    expect(await all(bobs)).toMatchObject({ userId: 'bob' });
    expect(await devices()).toEqual([]);
    expect(await ada.revokeAll()).toBe(0);
  });
});

describe('revokeOthers', () => {
  it('keeps the session of the request', async () => {
    const { session, signIn, devices } = setUp();
    const here = await signIn('ada', 'here');
    const there = await signIn('ada', 'there');
    const next = new NextScope(Object.fromEntries(here.cookies));
    expect(await next.run('action', () => session.user('ada').revokeOthers())).toBe(1);
    expect(await devices()).toEqual(['here']);
    expect(await all(here)).toMatchObject({ userId: 'ada' });
    expect(await all(there)).toEqual({});
    expect(next.setCookies()).toEqual([]);
  });

  it('keeps the session of the request even if another request gives it a new ID meanwhile', async () => {
    const { session, signIn, store, devices } = setUp();
    const here = await signIn('ada', 'here');
    await signIn('ada', 'there');
    const next = new NextScope(Object.fromEntries(here.cookies));
    store.spy.before('revoke', () => here.visit((own) => own().regenerate()));
    expect(await next.run('action', () => session.user('ada').revokeOthers())).toBe(1);
    expect(await devices()).toEqual(['here']);
    expect(await all(here)).toMatchObject({ userId: 'ada' });
  });

  it.each(['revoke', 'destroy'] as const)(
    'keeps its own session if another request moves that without a grace copy, before %s',
    async (operation) => {
      const { session, signIn, store, devices } = setUp({ regenerateGrace: 0 });
      const here = await signIn('ada', 'here');
      await signIn('ada', 'there');
      store.spy.before(operation, () => here.visit((own) => own().regenerate()));
      const next = new NextScope(Object.fromEntries(here.cookies));
      expect(await next.run('action', () => session.user('ada').revokeOthers())).toBe(1);
      expect(await devices()).toEqual(['here']);
      expect(await all(here)).toMatchObject({ userId: 'ada' });
    },
  );

  it('keeps its own session if the store lost the index', async () => {
    const { session, signIn, store } = setUp();
    const here = await signIn();
    vi.spyOn(store.users, 'revoke').mockResolvedValue([]);
    const next = new NextScope(Object.fromEntries(here.cookies));
    expect(await next.run('action', () => session.user('ada').revokeOthers())).toBe(0);
    expect(await all(here)).toMatchObject({ userId: 'ada' });
  });

  it('outside a request throws, and revokes nothing', async () => {
    const { ada, signIn, devices } = setUp();
    await signIn();
    await expect(ada.revokeOthers()).rejects.toMatchObject({ code: 'ERR_SESSION_NO_REQUEST' });
    expect(await devices()).toEqual(['laptop']);
  });
});

describe('a request whose own session has ended meanwhile', () => {
  it.each(['ada', 'bob'])('revokes no session of %s, and loses its copy', async (userId) => {
    const { session, signIn, devices } = setUp();
    const thief = await signIn('ada', 'thief');
    const next = new NextScope(Object.fromEntries(thief.cookies));
    await next.run('action', async () => {
      expect(await session().get('userId')).toBe('ada');
      await new NextScope().run('action', () => session.user('ada').revokeAll());
      await signIn(userId, 'owner');
      await expect(session.user(userId).revokeAll()).rejects.toMatchObject(GONE);
      await expect(session.user(userId).revokeOthers()).rejects.toMatchObject(GONE);
      expect(await session().all()).toEqual({});
    });
    expect(await devices(userId)).toEqual(['owner']);
  });

  it.each([5, 0])('by a new ID revokes none, with a grace period of %i s', async (regenerateGrace) => {
    const { session, signIn, devices } = setUp({ regenerateGrace });
    const here = await signIn('ada', 'here');
    await signIn('ada', 'there');
    const next = new NextScope(Object.fromEntries(here.cookies));
    await next.run('action', async () => {
      expect(await session().get('userId')).toBe('ada');
      await here.visit((own) => own().regenerate());
      await expect(session.user('ada').revokeOthers()).rejects.toMatchObject(GONE);
    });
    expect(next.setCookies()).toEqual([]);
    expect(await devices()).toEqual(['here', 'there']);
  });

  it('revokes none after reload() either', async () => {
    const { session, signIn, devices } = setUp();
    const thief = await signIn('ada', 'thief');
    await new NextScope(Object.fromEntries(thief.cookies)).run('action', async () => {
      await session().get('userId');
      await new NextScope().run('action', () => session.user('ada').revokeAll());
      await signIn('ada', 'owner');
      await session().reload();
      await expect(session.user('ada').revokeAll()).rejects.toMatchObject(GONE);
    });
    expect(await devices()).toEqual(['owner']);
  });

  it('may revoke all if its session had ended before it began: it is a visitor like any other', async () => {
    const { session, signIn } = setUp();
    const ended = await signIn('ada', 'ended');
    await session.user('ada').revokeAll();
    await signIn('ada', 'owner');
    const next = new NextScope(Object.fromEntries(ended.cookies));
    // An app allows this, for example, where a link in a mail proves who asks.
    expect(await next.run('action', () => session.user('ada').revokeAll())).toBe(1);
  });

  it('may revoke all after it destroyed its own session', async () => {
    const { session, signIn, devices } = setUp();
    const here = await signIn('ada', 'here');
    await signIn('ada', 'there');
    await new NextScope(Object.fromEntries(here.cookies)).run('action', async () => {
      await session().destroy();
      expect(await session.user('ada').revokeAll()).toBe(1);
    });
    expect(await devices()).toEqual([]);
  });
});

describe('with an old ID, in its grace period', () => {
  it('a request can list sessions, and revoke none', async () => {
    const { session, signIn, store, devices } = setUp();
    const browser = await signIn('ada', 'here');
    await signIn('ada', 'there');
    const old = Object.fromEntries(browser.cookies);
    await browser.visit((own) => own().regenerate());
    const [row] = await session.user('ada').list();
    const ways: (() => Promise<unknown>)[] = [
      () => session.user('ada').revoke(row?.handle ?? ''),
      () => session.user('ada').revokeAll(),
      () => session.user('ada').revokeOthers(),
    ];
    store.spy.reset();
    for (const revoke of ways) {
      const next = new NextScope(old);
      await expect(next.run('action', revoke)).rejects.toMatchObject(GONE);
      expect(next.setCookies()).toEqual([]);
    }
    expect(store.spy.calls).toEqual(['get', 'get', 'get']);
    expect(await devices()).toEqual(['here', 'there']);
  });
});

describe('in a Server Component', () => {
  it('sessions can be listed, and a revocation throws before any store call', async () => {
    const { session, signIn, store } = setUp();
    const browser = await signIn();
    const [row] = await session.user('ada').list();
    store.spy.reset();
    const ways: (() => Promise<unknown>)[] = [
      () => session.user('ada').revoke(row?.handle ?? ''),
      () => session.user('ada').revokeAll(),
      () => session.user('ada').revokeOthers(),
    ];
    for (const revoke of ways) {
      const next = new NextScope(Object.fromEntries(browser.cookies));
      await expect(next.run('render', revoke)).rejects.toMatchObject({ code: 'ERR_SESSION_READ_ONLY' });
    }
    expect(store.spy.calls).toEqual([]);
    const next = new NextScope(Object.fromEntries(browser.cookies));
    expect(await next.run('render', () => session.user('ada').list())).toHaveLength(1);
  });
});

it('sessions of another cookie name belong to other users, even in the same store', async () => {
  const store = new SpyStore();
  const shop = setUp({ store, name: 'shop' });
  const admin = setUp({ store, name: 'admin' });
  const employee = await admin.signIn(7, 'console');
  await shop.signIn(7, 'phone');
  expect((await shop.session.user(7).list()).map(({ data }) => data.device)).toEqual(['phone']);
  expect(await shop.session.user(7).revokeAll()).toBe(1);
  expect(await all(employee)).toMatchObject({ userId: 7 });
});

describe('onEvent', () => {
  it('is told of each revoked session, and of each call', async () => {
    const events: SessionEvent[] = [];
    const { signIn, ada } = setUp({ onEvent: (event) => events.push(event) });
    await signIn('ada', 'a');
    await signIn('ada', 'b');
    await ada.revokeAll();
    await vi.waitFor(
      () =>
        expect(events.filter(({ type }) => type === 'destroyed')).toEqual([
          { type: 'destroyed', reason: 'revoked' },
          { type: 'destroyed', reason: 'revoked' },
        ]),
      20_000,
    );
    const calls = events.flatMap((event) => (event.type === 'store_call' ? [event.operation] : []));
    const perSignIn = ['index', 'set', 'index'];
    expect(calls).toEqual([...perSignIn, ...perSignIn, 'revoke', 'destroy', 'destroy', 'unindex']);
  });
});

it('revokeOthers leaves the cookie alone that may be of another request by now', async () => {
  const { session, signIn } = setUp();
  const browser = await signIn();
  const other = new Browser(session, Object.fromEntries(browser.cookies));
  const { cookies } = await browser.visit(async (own, { request, response }) => {
    await own().get('userId');
    await other.visit((its) => its().destroy());
    await own().destroy();
    await session.user('ada', request, response).revokeOthers();
    await own().destroy();
  });
  expect(cookies).toEqual([]);
});
