import { describe, expect, it, vi } from 'vitest';
import type { SessionEvent } from '../events/session-event.js';
import { nextAppSession } from '../next-app-session.js';
import { hashSessionId } from '../record/session-id.js';
import { callOptions } from '../store-contract/store.js';
import { Browser } from '../test-kits/browser.js';
import { NextScope } from '../test-kits/next-scope.js';
import { SpyStore } from '../test-kits/spy-store.js';
import { ADA, all, DAY, type Data, handleOf, NAME, setUp, startClock } from '../test-kits/user-sessions.js';
import type { AppSession } from './app-session.js';

const GONE = { code: 'ERR_SESSION_GONE' };

startClock();

describe('a lifetime of its own', () => {
  it.each([
    ['touch', (own: AppSession<Data>, maxAge: number) => own.touch({ maxAge })],
    ['regenerate', (own: AppSession<Data>, maxAge: number) => own.regenerate(undefined, { maxAge })],
  ])('by %s is at most the absolute timeout: its user could not find it after that', async (_, live) => {
    const { signIn } = setUp({ absoluteTimeout: 7200 });
    const browser = await signIn();
    await browser.visit(async (own) => {
      const tooLong = live(own(), 7201);
      await expect(tooLong).rejects.toMatchObject({ code: 'ERR_SESSION_OPTIONS' });
      await expect(tooLong).rejects.toThrow('7200 at the most');
      await live(own(), 7200);
      expect((await own().info())?.expiresAt).toBe(Date.now() + 7200_000);
    });
  });
});

describe('what is revoked', () => {
  it('reads as empty in the next request, on every server', async () => {
    const { session, signIn, devices, ada, store } = setUp();
    const phone = await signIn('ada', 'phone');
    const laptop = await signIn('ada', 'laptop');
    expect(await ada.revoke(await handleOf(session, 'phone'))).toBe(true);
    expect(await all(phone)).toEqual({});
    expect(await all(laptop)).toMatchObject({ userId: 'ada' });
    expect(await devices()).toEqual(['laptop']);
    expect(await ada.revoke(await handleOf(session, 'phone'))).toBe(false);
    // What another process knows is the store.
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

  it('takes along what is left of its old IDs', async () => {
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

  it('is found by the handle that it was listed with, though it has got a new ID since', async () => {
    const { session, signIn, ada } = setUp();
    const phone = await signIn('ada', 'phone');
    const handle = await handleOf(session, 'phone');
    await phone.visit((own) => own().regenerate());
    expect(await ada.revoke(handle)).toBe(true);
    expect(await all(phone)).toEqual({});
  });

  it('is ended though its user signs in elsewhere each time that the list is read', async () => {
    const { session, signIn, store, ada } = setUp();
    await signIn('ada', 'phone');
    const handle = await handleOf(session, 'phone');
    const list = store.users.list;
    vi.spyOn(store.users, 'list').mockImplementation(async (user, options) => {
      await signIn('ada', 'another');
      return list(user, options);
    });
    expect(await ada.revoke(handle)).toBe(true);
    expect((await ada.list()).map(({ data }) => data.device)).not.toContain('phone');
  });

  it('is the session that moves on while it is revoked', async () => {
    const { signIn, ada, store } = setUp();
    const phone = await signIn('ada', 'phone');
    // Just before its record is removed, it gets a new ID.
    store.spy.before('destroy', () => phone.visit((own) => own().regenerate()));
    expect(await ada.revokeAll()).toBe(1);
    expect(await all(phone)).toEqual({});
  });

  it('only sessions of that user: anybody else’s handle is none', async () => {
    const { session, signIn, ada } = setUp();
    const bobs = await signIn('bob', 'tablet');
    expect(await ada.revoke(await handleOf(session, 'tablet', 'bob'))).toBe(false);
    expect(await all(bobs)).toMatchObject({ userId: 'bob' });
  });

  it.each(['', 'x', '../etc', '{"$gt":""}', null, undefined, 7, {}])(
    'a handle of %j is none',
    async (handle) => {
      const { signIn, ada } = setUp();
      const browser = await signIn();
      expect(await ada.revoke(handle as string)).toBe(false);
      expect(await all(browser)).toMatchObject({ userId: 'ada' });
    },
  );

  it('neither the ID nor the store’s key is a handle', async () => {
    const { signIn, ada } = setUp();
    const browser = await signIn();
    const id = (await browser.visit((own) => own().id())).result ?? '';
    expect(await ada.revoke(id)).toBe(false);
    expect(await ada.revoke(hashSessionId(id))).toBe(false);
  });
});

describe('revokeAll', () => {
  it('ends all, outside of requests too, and says how many', async () => {
    const { signIn, ada, devices } = setUp();
    const mine = [await signIn('ada', 'a'), await signIn('ada', 'b'), await signIn('ada', 'c')];
    const bobs = await signIn('bob', 'd');
    expect(await ada.revokeAll()).toBe(3);
    for (const browser of mine) expect(await all(browser)).toEqual({});
    expect(await all(bobs)).toMatchObject({ userId: 'bob' });
    expect(await devices()).toEqual([]);
    expect(await ada.revokeAll()).toBe(0);
  });

  it('in a request takes its own session too: copy, record and cookie', async () => {
    const { session, signIn } = setUp();
    const browser = await signIn();
    const next = new NextScope(Object.fromEntries(browser.cookies));
    await next.run('action', async () => {
      expect(await session().get('userId')).toBe('ada');
      await session.user('ada').revokeAll();
      expect(await session().all()).toEqual({});
      expect(await session().id()).toBeNull();
    });
    expect(next.setCookies()).toEqual([expect.stringMatching(/=; Path=\/; Expires=Thu, 01 Jan 1970/)]);
  });

  it('expires the cookie of a session that this request began in the place of one that had ended', async () => {
    const { session, signIn } = setUp();
    const browser = await signIn();
    const next = new NextScope(Object.fromEntries(browser.cookies));
    await next.run('action', async () => {
      await session().get('userId');
      await new NextScope().run('action', () => session.user('ada').revokeAll());
      await expect(session().set('n', 1)).rejects.toMatchObject(GONE);
      await session().destroy();
      await session().setAll({ userId: 'ada', device: 'again' });
      expect(await session.user('ada').revokeAll()).toBe(1);
      expect(await session().all()).toEqual({});
    });
    expect(next.setCookies()).toEqual([expect.stringMatching(/Expires=Thu, 01 Jan 1970/)]);
  });

  it('takes its own session too when another one cannot be removed', async () => {
    const { session, signIn, store } = setUp();
    await signIn('ada', 'there');
    const here = await signIn('ada', 'here');
    const next = new NextScope(Object.fromEntries(here.cookies));
    store.spy.fail('destroy', new Error('down'));
    const revoked = next.run('action', () => session.user('ada').revokeAll());
    await expect(revoked).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
    expect(next.setCookies()).toEqual([expect.stringMatching(/Expires=Thu, 01 Jan 1970/)]);
    expect(await all(here)).toEqual({});
  });

  it('a user with 10,000 sessions is no problem', async () => {
    const { session, ada, store, signIn } = setUp();
    const last = await signIn('ada', 'last');
    const id = (await last.visit((own) => own().id())).result ?? '';
    const record = await store.memory.get(hashSessionId(id));
    for (let n = 0; n < 10_000; n++) {
      await store.memory.users.add(ADA, `id-${n}`, Date.now() + DAY, callOptions());
      await store.memory.set(`id-${n}`, record ?? {});
    }
    expect(await ada.list()).toHaveLength(10_001);
    const next = new NextScope(Object.fromEntries(last.cookies));
    expect(await next.run('action', () => session.user('ada').revokeOthers())).toBe(10_000);
    expect(await ada.list()).toHaveLength(1);
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

  it('keeps the session of the request though another one gives it a new ID meanwhile', async () => {
    const { session, signIn, store, devices } = setUp();
    const here = await signIn('ada', 'here');
    await signIn('ada', 'there');
    const next = new NextScope(Object.fromEntries(here.cookies));
    store.spy.before('list', () => here.visit((own) => own().regenerate()));
    expect(await next.run('action', () => session.user('ada').revokeOthers())).toBe(1);
    expect(await devices()).toEqual(['here']);
    expect(await all(here)).toMatchObject({ userId: 'ada' });
  });

  it.each(['before the list is read', 'after it'])(
    'throws rather than end its own, which another request moves without a trace: %s',
    async (when) => {
      const { session, signIn, store, devices } = setUp({ regenerateGrace: 0 });
      const here = await signIn('ada', 'here');
      await signIn('ada', 'there');
      const move = () => here.visit((own) => own().regenerate());
      const next = new NextScope(Object.fromEntries(here.cookies));
      if (when === 'after it') store.spy.before('destroy', move);
      else store.spy.before('list', move);
      const revoked = next.run('action', () => session.user('ada').revokeOthers());
      await expect(revoked).rejects.toMatchObject(GONE);
      expect(await devices()).toContain('here');
      expect(await all(here)).toMatchObject({ userId: 'ada' });
    },
  );

  it('keeps its own where the store lost the index', async () => {
    const { session, signIn, store } = setUp();
    const here = await signIn();
    vi.spyOn(store.users, 'list').mockResolvedValue([]);
    const next = new NextScope(Object.fromEntries(here.cookies));
    expect(await next.run('action', () => session.user('ada').revokeOthers())).toBe(0);
    expect(await all(here)).toMatchObject({ userId: 'ada' });
  });

  it('outside of a request throws, and ends nothing', async () => {
    const { ada, signIn, devices } = setUp();
    await signIn();
    await expect(ada.revokeOthers()).rejects.toMatchObject({ code: 'ERR_SESSION_NO_REQUEST' });
    expect(await devices()).toEqual(['laptop']);
  });
});

describe('a request whose own session has ended meanwhile', () => {
  it.each(['ada', 'bob'])('ends no session of %s, and its copy is gone too', async (userId) => {
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

  it.each([5, 0])('and moved on, with a grace of %i s, ends none', async (regenerateGrace) => {
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

  it('ends none after it has dropped its copy either', async () => {
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

  it('which was over before: it is a visitor like any other', async () => {
    const { session, signIn } = setUp();
    const dead = await signIn('ada', 'dead');
    await session.user('ada').revokeAll();
    await signIn('ada', 'owner');
    const next = new NextScope(Object.fromEntries(dead.cookies));
    // As where a link in a mail proves who asks.
    expect(await next.run('action', () => session.user('ada').revokeAll())).toBe(1);
  });

  it('may end all after it has ended its own', async () => {
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

describe('with an old ID, in its grace', () => {
  it('a request can list sessions, and end none', async () => {
    const { session, signIn, devices } = setUp();
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
    for (const revoke of ways) {
      const next = new NextScope(old);
      await expect(next.run('action', revoke)).rejects.toMatchObject(GONE);
      expect(next.setCookies()).toEqual([]);
    }
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

it('sessions of another cookie name are those of other users, though in one store', async () => {
  const store = new SpyStore();
  const shop = setUp({ store, name: 'shop' });
  const admin = setUp({ store, name: 'admin' });
  const employee = await admin.signIn(7, 'console');
  await shop.signIn(7, 'phone');
  expect((await shop.session.user(7).list()).map(({ data }) => data.device)).toEqual(['phone']);
  expect(await shop.session.user(7).revokeAll()).toBe(1);
  expect(await all(employee)).toMatchObject({ userId: 7 });
});

describe('it is seen', () => {
  it('revoked, as an event', async () => {
    const events: SessionEvent[] = [];
    const { signIn, ada } = setUp({ onEvent: (event) => events.push(event) });
    await signIn('ada', 'a');
    await signIn('ada', 'b');
    await ada.revokeAll();
    await vi.waitFor(() =>
      expect(events.filter(({ type }) => type === 'destroyed')).toEqual([
        { type: 'destroyed', reason: 'revoked' },
        { type: 'destroyed', reason: 'revoked' },
      ]),
    );
    const calls = events.flatMap((event) => (event.type === 'store_call' ? [event.operation] : []));
    expect(calls).toEqual(['index', 'set', 'index', 'set', 'list', 'destroy', 'destroy', 'unindex', 'list']);
  });
});
