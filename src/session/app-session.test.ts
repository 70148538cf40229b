import { runInNewContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import { Browser } from '../test-kits/browser.js';
import { REFUSAL, SpyStore } from '../test-kits/spy-store.js';

interface Data {
  user?: string | null;
  count?: number;
  cart?: { items: string[] };
  [other: string]: unknown;
}

const revoked = Proxy.revocable({}, {});
revoked.revoke();

function setUp(options: Options<Data> = {}) {
  const store = new SpyStore();
  const session = nextAppSession<Data>({ secret: 'a secret', store, ...options });
  return { store, browser: new Browser(session) };
}

describe('get, all and has', () => {
  it('give null, {} and false without a session', async () => {
    const { browser, store } = setUp();
    const { cookies } = await browser.visit(async (session) => {
      expect(await session().get('user')).toBeNull();
      expect(await session().all()).toEqual({});
      expect(await session().has('user')).toBe(false);
    });
    expect(cookies).toEqual([]);
    expect(store.spy.calls).toEqual([]);
  });

  it('see own keys only', async () => {
    const { browser } = setUp();
    await browser.visit((session) => session().set('user', 'ada'));
    await browser.visit(async (session) => {
      for (const key of ['constructor', 'toString', '__proto__', 'cookie', '__session']) {
        expect(await session().get(key)).toBeNull();
        expect(await session().has(key)).toBe(false);
      }
      expect(await session().all()).toEqual({ user: 'ada' });
    });
  });

  it.each([0, false, '', null])('has is true for %j', async (value) => {
    const { browser } = setUp();
    await browser.visit((session) => session().set('value', value));
    const { result } = await browser.visit((session) => session().has('value'));
    expect(result).toBe(true);
  });
});

describe('values are copies', () => {
  it('when they are read', async () => {
    const { browser } = setUp();
    await browser.visit(async (session) => {
      await session().set('cart', { items: ['tea'] });
      (await session().get('cart'))?.items.push('thief');
      (await session().all()).cart?.items.push('thief');
      expect(await session().get('cart')).toEqual({ items: ['tea'] });
    });
    const { result } = await browser.visit((session) => session().get('cart'));
    expect(result).toEqual({ items: ['tea'] });
  });

  it('when they are written, made at the call', async () => {
    const { browser } = setUp();
    const cart = { items: ['tea'] };
    await browser.visit(async (session) => {
      const writing = session().set('cart', cart);
      cart.items.push('later');
      await writing;
      expect(await session().get('cart')).toEqual({ items: ['tea'] });
    });
  });

  it('and read the same in this request as in the next one', async () => {
    const { browser } = setUp();
    const read = async (session: () => { all(): Promise<object> }) => session().all();
    const { result: now } = await browser.visit(async (session) => {
      await session().set('when', new Date(0));
      await session().set('user', undefined);
      return read(session);
    });
    const { result: later } = await browser.visit(read);
    expect(now).toEqual({ when: '1970-01-01T00:00:00.000Z' });
    expect(later).toEqual(now);
  });
});

describe('bad input throws and loses nothing', () => {
  it('a value that is not JSON, with the path to it: in set, setAll, update and regenerate', async () => {
    const { browser, store } = setUp();
    await browser.visit((session) => session().set('user', 'ada'));
    store.spy.reset();
    await browser.visit(async (session) => {
      const bad = { items: [{ price: Number.NaN }] } as never;
      const at = (path: string) => ({
        code: 'ERR_SESSION_DATA',
        message: expect.stringContaining(`: ${path} is NaN`),
      });
      const draft = (data: Record<string, unknown>) => {
        data.cart = bad;
      };
      await expect(session().set('cart', bad)).rejects.toMatchObject(at('cart.items[0].price'));
      await expect(session().setAll({ cart: bad })).rejects.toMatchObject(at('cart.items[0].price'));
      await expect(session().update(draft)).rejects.toMatchObject(at('cart.items[0].price'));
      await expect(session().update(() => bad)).rejects.toMatchObject(at('items[0].price'));
      await expect(session().update(() => revoked.proxy)).rejects.toThrow(/: the data cannot be read/);
      await expect(session().regenerate(draft)).rejects.toMatchObject(at('cart.items[0].price'));
      expect(await session().all()).toEqual({ user: 'ada' });
    });
    expect(store.spy.calls).not.toContain('set');
  });

  it.each([[[1]], ['text'], [null], [7]])('setAll(%j): no object of keys and values', async (data) => {
    const { browser, store } = setUp();
    await browser.visit(async (session) => {
      await expect(session().setAll(data as never)).rejects.toMatchObject({ code: 'ERR_SESSION_DATA' });
    });
    expect(store.spy.calls).toEqual([]);
  });

  it.each(['cookie', '__session', '__proto__'])('the reserved key %s', async (key) => {
    const { browser } = setUp();
    await browser.visit((session) => session().set('user', 'ada'));
    await browser.visit(async (session) => {
      const reserved = { code: 'ERR_SESSION_KEY' };
      const data = JSON.parse(`{ "${key}": { "admin": true } }`);
      await expect(session().set(key, 1)).rejects.toMatchObject(reserved);
      await expect(session().destroy(key)).rejects.toMatchObject(reserved);
      const options = { isFresh: () => true, renew: () => 1 };
      await expect(session().refresh(key, options)).rejects.toMatchObject(reserved);
      await expect(session().setAll(data)).rejects.toMatchObject(reserved);
      await expect(session().update(() => data)).rejects.toMatchObject(reserved);
      expect(await session().all()).toEqual({ user: 'ada' });
    });
  });

  it('a key that is no string', async () => {
    const { browser } = setUp();
    await browser.visit(async (session) => {
      await session().set('user', 'ada');
      await expect(session().destroy(undefined as never)).rejects.toMatchObject({ code: 'ERR_SESSION_KEY' });
      expect(await session().get('user')).toBe('ada');
    });
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e13, '60', 'Browser', '', true, {}])(
    'a lifetime of %j',
    async (value) => {
      const { browser, store } = setUp();
      const maxAge = value as never;
      await browser.visit(async (session) => {
        for (const call of [session().touch({ maxAge }), session().regenerate(undefined, { maxAge })]) {
          await expect(call).rejects.toMatchObject({ code: 'ERR_SESSION_OPTIONS' });
          await expect(call).rejects.toThrow(/give seconds above 0, .* null for .* or 'browser'/);
        }
      });
      expect(store.spy.calls).toEqual([]);
    },
  );
});

describe('a lifetime', () => {
  it.each<[unknown, RegExp]>([
    [{ maxage: 60 }, /option maxage: there is no such option. The only one is maxAge|Did you mean maxAge/],
    [{ ttl: 60 }, /option ttl: there is no such option. Use maxAge/],
    [3600, /give an object/],
    [{ maxAge: 7 * 86_400_000 }, /34560000 at most .*milliseconds/],
  ])('of %j throws', async (lifetime, message) => {
    const { browser, store } = setUp();
    await browser.visit(async (session) => {
      for (const call of [
        session().touch(lifetime as never),
        session().regenerate(undefined, lifetime as never),
      ]) {
        await expect(call).rejects.toMatchObject({ code: 'ERR_SESSION_OPTIONS' });
        await expect(call).rejects.toThrow(message);
      }
    });
    expect(store.spy.calls).toEqual([]);
  });

  it('in the place of the function throws', async () => {
    const { browser } = setUp();
    await browser.visit(async (session) => {
      const call = session().regenerate({ maxAge: 60 } as never);
      await expect(call).rejects.toMatchObject({ code: 'ERR_SESSION_OPTIONS' });
      await expect(session().update(undefined as never)).rejects.toThrow(/take a function/);
    });
  });
});

describe('update', () => {
  it('takes a changed draft or a returned value', async () => {
    const { browser } = setUp();
    await browser.visit(async (session) => {
      await session().update((data) => {
        data.count = 1;
      });
      await session().update((data) => ({ ...data, user: 'ada' }));
      expect(await session().all()).toEqual({ count: 1, user: 'ada' });
    });
  });

  it('leaves everything as it was when the function throws', async () => {
    const { browser } = setUp();
    await browser.visit(async (session) => {
      await session().set('count', 1);
      const failing = session().update((data) => {
        data.count = 2;
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await session().get('count')).toBe(1);
    });
  });

  it('refuses a call of the session inside the function, at once', async () => {
    const { browser } = setUp();
    await browser.visit(async (session) => {
      const inside = vi.fn(() => session().set('user', 'eve'));
      await expect(session().update(() => void inside())).rejects.toMatchObject({
        code: 'ERR_SESSION_REENTRANT',
      });
      expect(inside).toHaveReturnedTimes(0);
      await session().set('user', 'ada');
      expect(await session().get('user')).toBe('ada');
    });
  });

  it('refuses an async function, without an unhandled rejection', async () => {
    const { browser } = setUp();
    await browser.visit(async (session) => {
      const slow = async () => {
        throw new Error('later');
      };
      await expect(session().update(slow as never)).rejects.toMatchObject({ code: 'ERR_SESSION_REENTRANT' });
    });
  });

  it.each([
    ['null', null],
    ['a number', 1],
    ['a string', 'x'],
    ['a boxed string', Object('x')],
    ['an array', [1]],
    ['a function', () => ({ a: 1 })],
    ['a Map', new Map([['a', 1]])],
    ['a Date', new Date(0)],
    ['an instance without keys', new (class Cart {})()],
    ['a revoked Proxy', { user: revoked.proxy }],
  ])('refuses %s as the next data', async (_, next) => {
    const { browser } = setUp();
    await browser.visit((session) => session().set('user', 'ada'));
    await browser.visit(async (session) => {
      const error = { code: 'ERR_SESSION_DATA' };
      await expect(session().update(() => next as never)).rejects.toMatchObject(error);
      await expect(session().regenerate(() => next as never)).rejects.toMatchObject(error);
      expect(await session().all()).toEqual({ user: 'ada' });
    });
  });

  it('refuses a thenable as it refuses a promise, and does not run it', async () => {
    const { browser } = setUp();
    await browser.visit((session) => session().set('user', 'ada'));
    await browser.visit(async (session) => {
      let runs = 0;
      // biome-ignore lint/suspicious/noThenProperty: a query builder is a thenable
      const query = { then: () => ++runs };
      const foreign = runInNewContext('Promise.reject(new Error("later"))');
      for (const later of [query, foreign]) {
        const error = { code: 'ERR_SESSION_REENTRANT' };
        await expect(session().update(() => later as never)).rejects.toMatchObject(error);
        await expect(session().regenerate(() => later as never)).rejects.toMatchObject(error);
      }
      expect(runs).toBe(0);
      expect(await session().all()).toEqual({ user: 'ada' });
    });
  });
});

describe('destroy', () => {
  it('of a key removes that key', async () => {
    const { browser } = setUp();
    await browser.visit((session) => session().setAll({ user: 'ada', '': 'empty', count: 1 }));
    await browser.visit(async (session) => {
      await session().destroy('user');
      await session().destroy('');
      expect(await session().all()).toEqual({ count: 1 });
    });
  });

  it('of a key that is not there writes nothing', async () => {
    const { browser, store } = setUp();
    await browser.visit((session) => session().set('count', 1));
    store.spy.reset();
    await browser.visit((session) => session().destroy('user'));
    expect(store.spy.calls).toEqual(['get']);
  });

  it('deletes the record and expires the cookie, with one read before', async () => {
    const { browser, store } = setUp({ regenerateGrace: 0 });
    await browser.visit((session) => session().set('user', 'ada'));
    const [cookie] = browser.cookies.values();
    store.spy.reset();
    const { cookies } = await browser.visit(async (session) => {
      await session().destroy();
      expect(await session().all()).toEqual({});
      expect(await session().id()).toBeNull();
    });
    // The second call compares the version, and deletes.
    expect(store.spy.calls).toEqual(['get', 'set']);
    expect(cookies).toMatchObject([{ name: 'sid', value: '', attributes: { path: '/', httponly: true } }]);
    expect(browser.cookies.size).toBe(0);
    browser.cookies.set('sid', cookie ?? '');
    const { result } = await browser.visit((session) => session().all());
    expect(result).toEqual({});
  });

  it('without a session and cookie does nothing', async () => {
    const { browser, store } = setUp();
    const { cookies } = await browser.visit(async (session) => {
      await session().destroy();
      await session().destroy('user');
    });
    expect(cookies).toEqual([]);
    expect(store.spy.calls).toEqual([]);
  });

  it('expires a cookie that names no session', async () => {
    const { browser, store } = setUp();
    browser.cookies.set('sid', 'forged');
    const { cookies } = await browser.visit((session) => session().destroy());
    expect(store.spy.calls).toEqual([]);
    expect(cookies).toMatchObject([{ name: 'sid', value: '' }]);
  });

  it('followed by a write starts a new session', async () => {
    const { browser } = setUp();
    await browser.visit((session) => session().setAll({ user: 'ada', count: 1 }));
    const before = browser.cookies.get('sid');
    await browser.visit(async (session) => {
      await session().destroy();
      await session().set('user', 'guest');
      expect((await session().info())?.isNew).toBe(true);
    });
    expect(browser.cookies.get('sid')).not.toBe(before);
    const { result } = await browser.visit((session) => session().all());
    expect(result).toEqual({ user: 'guest' });
  });
});

describe('regenerate', () => {
  it('gives a new ID, keeps the data as fn changes it, and ends the old ID', async () => {
    const { browser, store } = setUp({ regenerateGrace: 0 });
    await browser.visit((session) => session().set('count', 1));
    const before = browser.cookies.get('sid') ?? '';
    const { result: id } = await browser.visit((session) => session().id());
    store.spy.reset();
    await browser.visit(async (session) => {
      await session().regenerate((data) => {
        data.user = 'ada';
      });
      expect(await session().all()).toEqual({ count: 1, user: 'ada' });
      expect(await session().id()).not.toBe(id);
    });
    expect(store.spy.calls).toEqual(['get', 'set', 'set', 'destroy']);
    expect(browser.cookies.get('sid')).not.toBe(before);
    expect((await browser.visit((session) => session().all())).result).toEqual({ count: 1, user: 'ada' });
    browser.cookies.set('sid', before);
    expect((await browser.visit((session) => session().all())).result).toEqual({});
  });

  it('creates a session when there is none', async () => {
    const { browser } = setUp();
    await browser.visit((session) => session().regenerate((data) => ({ ...data, user: 'ada' })));
    expect((await browser.visit((session) => session().all())).result).toEqual({ user: 'ada' });
  });

  it('keeps the old session when the old record cannot be replaced', async () => {
    const { browser, store } = setUp();
    await browser.visit((session) => session().set('count', 1));
    store.spy.reset();
    const { cookies } = await browser.visit(async (session) => {
      await session().get('count');
      store.spy.before('set', async () => store.spy.fail('set', REFUSAL));
      await expect(session().regenerate()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
      expect(await session().get('count')).toBe(1);
    });
    expect(cookies).toEqual([]);
    expect(store.spy.calls).toEqual(['get', 'set', 'set', 'destroy']);
    expect((await browser.visit((session) => session().get('count'))).result).toBe(1);
  });
});

describe('info, id and reload', () => {
  it('describe the session', async () => {
    const { browser } = setUp();
    const start = Date.now();
    await browser.visit(async (session) => {
      expect(await session().info()).toBeNull();
      expect(await session().id()).toBeNull();
      await session().set('count', 1);
      const info = await session().info();
      expect(info?.isNew).toBe(true);
      expect(info?.createdAt).toBeGreaterThanOrEqual(start);
      expect(info?.lastSeenAt).toBe(info?.createdAt);
      expect(info?.expiresAt).toBe((info?.createdAt ?? 0) + 86_400_000);
      expect(await session().id()).toMatch(/^[\w-]{22}$/);
    });
    const { result } = await browser.visit((session) => session().info());
    expect(result?.isNew).toBe(false);
    expect(result?.regeneratedAt).toBeNull();
  });

  it('say when the session got its ID, and no old ID passes for a fresh sign-in', async () => {
    const { browser } = setUp();
    await browser.visit((session) => session().set('count', 1));
    const thief = new Browser(browser.session, Object.fromEntries(browser.cookies));
    const start = Date.now();
    await browser.visit((session) => session().regenerate());
    const infoOf = async (one: typeof browser) => (await one.visit((session) => session().info())).result;
    const { createdAt, regeneratedAt } = (await infoOf(browser)) ?? {};
    expect(regeneratedAt).toBeGreaterThanOrEqual(start);
    expect(regeneratedAt).toBeLessThanOrEqual(Date.now());
    expect(await infoOf(thief)).toMatchObject({ createdAt, regeneratedAt: null });
    await browser.visit((session) => session().set('count', 2));
    expect(await infoOf(browser)).toMatchObject({ createdAt, regeneratedAt });
  });

  it('reload drops the copy of the request', async () => {
    const { browser, store } = setUp();
    await browser.visit((session) => session().set('count', 1));
    const slow = browser.open();
    expect(await slow.session().get('count')).toBe(1);
    await browser.visit((session) => session().set('count', 2));
    expect(await slow.session().get('count')).toBe(1);
    store.spy.reset();
    await slow.session().reload();
    expect(await slow.session().get('count')).toBe(2);
    expect(store.spy.calls).toEqual(['get']);
  });

  it('reload of a session that has ended is no error, unlike in express-session: it then reads as empty', async () => {
    const { browser } = setUp();
    await browser.visit((session) => session().set('count', 1));
    const slow = browser.open();
    expect(await slow.session().get('count')).toBe(1);
    await browser.visit((session) => session().destroy());
    await slow.session().reload();
    expect(await slow.session().all()).toEqual({});
  });
});
