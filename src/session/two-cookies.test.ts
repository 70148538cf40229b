import { sign } from 'cookie-signature';
import { NextRequest, NextResponse } from 'next/server.js';
import { describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import { Browser } from '../test-kits/browser.js';
import { NextScope } from '../test-kits/next-scope.js';
import { PlainStore, SpyStore } from '../test-kits/spy-store.js';
import type { AppSession } from './app-session.js';

interface Data {
  user: string;
  n: number;
}

const SECRET = 'a secret';
const FORGED = `s:${'a'.repeat(22)}.${'b'.repeat(43)}`;
const UNKNOWN = `s:${sign('a-session-that-is-no-more', SECRET)}`;

type Own = () => AppSession<Data>;

/** Runs one request with a Cookie header. Returns the result, and the Set-Cookie headers of the answer. */
type Run = <T>(header: string, work: (own: Own) => Promise<T>) => Promise<{ result: T; set: string[] }>;

function setUp(options: Partial<Options<Data>> = {}) {
  const store = new SpyStore();
  const rejected = vi.fn();
  const onEvent = ({ type }: { type: string }) => void (type === 'cookie_rejected' && rejected());
  const session = nextAppSession<Data>({ secret: SECRET, store, onEvent, ...options });
  /** Signs somebody in. Returns the value of their cookie. */
  const signIn = async (user: string) => {
    const browser = new Browser(session);
    await browser.visit((own) => own().set('user', user));
    store.spy.reset();
    return browser.cookies.get('sid') ?? '';
  };
  const app: Run = async (header, work) => {
    const scope = new NextScope(header);
    const result = await scope.run('action', () => work(() => session()));
    return { result, set: scope.setCookies() };
  };
  const proxy: Run = async (header, work) => {
    const request = new NextRequest('http://localhost/', { headers: { cookie: header } });
    const response = NextResponse.next();
    const result = await work(() => session(request, response));
    return { result, set: response.headers.getSetCookie() };
  };
  const pages: Run = async (header, work) => {
    const { response } = new Browser(session).open();
    const { cookies } = new NextRequest('http://localhost/', { headers: { cookie: header } });
    const first = new Map(cookies.getAll().map(({ name, value }) => [name, value]));
    const request = { headers: { cookie: header }, cookies: Object.fromEntries(first) };
    const result = await work(() => session(request, response));
    return { result, set: [response.getHeader('set-cookie') ?? []].flat().map(String) };
  };
  return { store, session, rejected, signIn, routers: { app, proxy, pages } };
}

function headerOf(...values: string[]): string {
  return values.map((value) => `sid=${encodeURIComponent(value)}`).join('; ');
}

describe.each(['app', 'proxy', 'pages'] as const)('two cookies of one name, in the %s router', (router) => {
  it.each<[string, (live: string, other: string) => string[]]>([
    ['is before one of a session that is gone', (live) => [live, UNKNOWN]],
    ['is after one of a session that is gone', (live) => [UNKNOWN, live]],
    ['is before a forged one', (live) => [live, FORGED]],
    ['is after a forged one', (live) => [FORGED, live]],
    ['is after an empty one', (live) => ['', live]],
    ['is before that of another live session', (live, other) => [live, other]],
    ['is the fourth', (live) => [FORGED, UNKNOWN, 'x', live]],
  ])('the session opens whose cookie %s', async (_, header) => {
    const { routers, signIn } = setUp();
    const [live, other] = [await signIn('ada'), await signIn('eve')];
    const { result } = await routers[router](headerOf(...header(live, other)), (own) => own().get('user'));
    expect(result).toBe('ada');
  });

  it('one cookie, or the same twice, costs one read; each other that proves an ID one more', async () => {
    const { routers, signIn, store } = setUp();
    const live = await signIn('ada');
    const read = async (...values: string[]) => {
      store.spy.reset();
      await routers[router](headerOf(...values), async (own) => {
        await Promise.all([own().get('user'), own().all()]);
        await own().id();
      });
      return store.spy.calls;
    };
    expect(await read(live)).toEqual(['get']);
    expect(await read(live, live, live, live, live)).toEqual(['get']);
    expect(await read(live, UNKNOWN)).toEqual(['get']);
    expect(await read(FORGED, live)).toEqual(['get']);
    expect(await read(UNKNOWN, live)).toEqual(['get', 'get']);
  });

  it('of more than four the others do not count', async () => {
    const { routers, signIn, store } = setUp();
    const live = await signIn('ada');
    const header = headerOf(FORGED, `${FORGED}2`, `${FORGED}3`, `${FORGED}4`, live);
    expect((await routers[router](header, (own) => own().all())).result).toEqual({});
    expect(store.spy.calls).toEqual([]);
  });

  it.each<[string, (own: Own) => Promise<void>]>([
    ['a write', (own) => own().set('n', 1)],
    ['an update', (own) => own().update((data) => ({ ...data, n: 1 }))],
    ['regenerate()', (own) => own().regenerate((data) => ({ ...data, n: 1 }))],
  ])('%s without a read before goes to the session that is live', async (_, write) => {
    const { routers, signIn } = setUp();
    const live = await signIn('ada');
    const { result } = await routers[router](headerOf(UNKNOWN, live), async (own) => {
      await write(own);
      return own().all();
    });
    expect(result).toEqual({ user: 'ada', n: 1 });
  });

  it('touch() slides the session that is live, and sends no cookie', async () => {
    const { routers, signIn } = setUp();
    const live = await signIn('ada');
    const { set } = await routers[router](headerOf(UNKNOWN, live), (own) => own().touch());
    expect(set).toEqual([]);
  });

  it('if none is live, a write creates a session', async () => {
    const { routers } = setUp();
    const { result, set } = await routers[router](headerOf(UNKNOWN, FORGED), async (own) => {
      await own().set('n', 1);
      return own().all();
    });
    expect(result).toEqual({ n: 1 });
    expect(set).toHaveLength(1);
  });

  it.each(['with a read before', 'without a read'])('destroy() ends all their sessions, %s', async (how) => {
    const { routers, signIn } = setUp();
    const cookies = [await signIn('ada'), await signIn('bob'), await signIn('cy')];
    const run = routers[router];
    const { set } = await run(headerOf(FORGED, ...cookies), async (own) => {
      if (how === 'with a read before') await own().get('user');
      await own().destroy();
      expect(await own().all()).toEqual({});
    });
    expect(set).toEqual([expect.stringMatching(/^sid=; .*Expires=Thu, 01 Jan 1970/)]);
    for (const cookie of cookies) {
      expect((await run(headerOf(cookie), (own) => own().all())).result).toEqual({});
    }
  });

  it('destroy() with a domain expires the cookie of the host, too', async () => {
    const { routers, signIn } = setUp({ cookie: { domain: 'example.com' } });
    const { set } = await routers[router](headerOf(await signIn('ada')), (own) => own().destroy());
    const gone = (name: string, domain: string) =>
      `${name}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT;${domain} HttpOnly; SameSite=lax`;
    expect(set).toEqual([gone('sid', ' Domain=example.com;'), gone('sid ', '')]);
  });

  it('that are forged are told once a request', async () => {
    const { routers, rejected, signIn } = setUp();
    const live = await signIn('ada');
    const visit = (...values: string[]) => routers[router](headerOf(...values), (own) => own().all());
    await visit(live, UNKNOWN, '');
    await visit(FORGED, live, 'x');
    await visit(FORGED);
    await vi.waitFor(() => expect(rejected).toHaveBeenCalledTimes(2), 20_000);
  });
});

describe('of two cookies', () => {
  it('one whose session is live counts before one that shows what was, after regenerate()', async () => {
    const { routers, signIn } = setUp();
    const [old, other] = [await signIn('ada'), await signIn('bob')];
    await routers.pages(headerOf(old), (own) => own().regenerate());
    const user = async (...values: string[]) =>
      (await routers.pages(headerOf(...values), (own) => own().get('user'))).result;
    expect(await user(old, other)).toBe('bob');
    expect(await user(old, UNKNOWN)).toBe('ada');
    expect(await user(UNKNOWN, old)).toBe('ada');
  });

  it('the one that an action set counts in the render after it', async () => {
    const { session, store } = setUp();
    const scope = new NextScope(headerOf(UNKNOWN, FORGED));
    await scope.run('action', () => session().set('n', 1));
    store.spy.reset();
    expect(await scope.run('render', () => session().get('n'))).toBe(1);
    expect(store.spy.calls).toEqual([]);
  });

  it('the one that is signed with an old secret is signed again when its session is the one', async () => {
    const { signIn, store } = setUp();
    const live = await signIn('ada');
    const { routers } = setUp({ store, secret: ['a new secret', SECRET] });
    const { set } = await routers.app(headerOf(UNKNOWN, live), (own) => own().set('n', 1));
    expect(set).toHaveLength(1);
    const value = decodeURIComponent(/^sid=([^;]+)/.exec(set[0] ?? '')?.[1] ?? '');
    expect((await routers.app(headerOf(live, value), (own) => own().set('n', 2))).set).toEqual([]);
  });

  it('a session that ended under a request is not replaced by another in the same request', async () => {
    const { routers, signIn } = setUp();
    const [live, other] = [await signIn('ada'), await signIn('eve')];
    await routers.app(headerOf(live, other), async (own) => {
      expect(await own().get('user')).toBe('ada');
      await routers.app(headerOf(live), (elsewhere) => elsewhere().destroy());
      await own().reload();
      expect(await own().all()).toEqual({});
      await own().set('user', 'ada');
      expect(await own().all()).toEqual({ user: 'ada' });
      await own().destroy();
    });
    expect((await routers.app(headerOf(other), (own) => own().all())).result).toEqual({});
  });

  it('a read that fails fails, and shows no other session in its place', async () => {
    const { routers, signIn, store } = setUp();
    const [live, other] = [await signIn('ada'), await signIn('eve')];
    store.spy.fail('get', new Error('down'));
    await routers.app(headerOf(live, other), async (own) => {
      await expect(own().get('user')).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
      await own().reload();
      expect(await own().get('user')).toBe('ada');
    });
  });

  it('a store that does not answer is waited for once, not once for each cookie', async () => {
    const { routers, signIn, store } = setUp({ storeTimeout: 0.4 });
    const values = [await signIn('ada'), await signIn('bob'), UNKNOWN];
    for (let call = 0; call < 2; call++) {
      store.spy.before('get', () => new Promise((resolve) => setTimeout(resolve, 300)));
    }
    const started = performance.now();
    await expect(routers.app(headerOf(UNKNOWN, ...values), (own) => own().get('user'))).rejects.toMatchObject(
      { code: 'ERR_SESSION_STORE_TIMEOUT' },
    );
    expect(performance.now() - started).toBeLessThan(590);
  });

  it('destroy() tries to end each session, whichever of them fails', async () => {
    const plain = new PlainStore();
    const { routers, signIn } = setUp({ store: plain });
    const cookies = [await signIn('ada'), await signIn('bob')];
    expect(plain.records.size).toBe(2);
    plain.spy.fail('destroy', new Error('down'));
    await routers.app(headerOf(...cookies), async (own) => {
      await own().get('user');
      await expect(own().destroy()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
      expect(plain.records.size).toBe(1);
      await own().destroy();
      expect(plain.records.size).toBe(0);
      expect(await own().all()).toEqual({});
    });
  });

  it('the one whose session destroy() could not end is all that the next destroy() ends', async () => {
    const plain = new PlainStore();
    const { routers, signIn } = setUp({ store: plain });
    const cookies = [await signIn('ada'), await signIn('bob'), await signIn('cy')];
    plain.spy.before('destroy', async () => {});
    plain.spy.fail('destroy', new Error('down'));
    await routers.app(headerOf(...cookies), async (own) => {
      await own().get('user');
      await expect(own().destroy()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
      expect(plain.records.size).toBe(1);
      plain.spy.reset();
      await own().destroy();
      expect(plain.spy.calls).toEqual(['get', 'destroy']);
      expect(plain.records.size).toBe(0);
    });
  });

  it('neither may have a live session: a write begins one', async () => {
    const { routers } = setUp();
    const alsoUnknown = `s:${sign('another-that-is-no-more', SECRET)}`;
    const { result, set } = await routers.app(headerOf(UNKNOWN, alsoUnknown), async (own) => {
      expect(await own().get('user')).toBeNull();
      await own().set('n', 1);
      return own().all();
    });
    expect(result).toEqual({ n: 1 });
    expect(set).toHaveLength(1);
  });

  it.each([
    ['no session after that', {}],
    ['the session that a write began after that', { n: 1 }],
  ])('a read that destroy() overtakes brings none of their sessions back: there is %s', async (_, data) => {
    const { routers, signIn, store } = setUp();
    const { load } = store.atomic;
    const header = headerOf(await signIn('ada'), await signIn('bob'));
    await routers.app(header, async (own) => {
      let reading: Promise<unknown> | undefined;
      let isOver = () => {};
      const over = new Promise<void>((resolve) => {
        isOver = resolve;
      });
      const overtaken = async (...call: Parameters<typeof load>) => {
        const found = await load(...call);
        await over;
        return found;
      };
      // The read begins within the first store call of destroy(), and its own call ends after that.
      store.spy.before('get', async () => {
        await new Promise(setImmediate);
        Object.assign(store, { atomic: { ...store.atomic, load: overtaken } });
        reading = own().get('user');
        await new Promise(setImmediate);
        Object.assign(store, { atomic: { ...store.atomic, load } });
      });
      await own().destroy();
      for (const n of Object.values(data)) await own().set('n', n);
      isOver();
      await reading;
      expect(await own().all()).toEqual(data);
      await own().reload();
      expect(await own().all()).toEqual(data);
      await own().destroy();
      expect(await own().all()).toEqual({});
    });
  });
});
