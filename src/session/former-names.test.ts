import { sign } from 'cookie-signature';
import { NextRequest, NextResponse } from 'next/server.js';
import { describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import { Browser, type SetCookie } from '../test-kits/browser.js';
import { NextScope } from '../test-kits/next-scope.js';
import { PlainStore, SpyStore } from '../test-kits/spy-store.js';
import type { AppSession } from './app-session.js';

interface Data {
  user: string;
  n: number;
}

const SECRET = 'a secret';
const NEW = '__Host-sid';
const FORGED = `s:${'a'.repeat(22)}.${'b'.repeat(43)}`;

/** Sets up an app before and after its cookie got another name, on one store. */
function setUp(options: Partial<Options<Data>> = {}, store = new SpyStore()) {
  const common = { secret: SECRET, store, ...options };
  const before = nextAppSession<Data>({ ...common, name: 'sid' });
  const session = nextAppSession<Data>({ ...common, name: [NEW, 'sid'], cookie: { secure: true } });
  const onlyNew = nextAppSession<Data>({ ...common, name: NEW, cookie: { secure: true } });
  /** Signs somebody in under the old name. Returns their cookie. */
  const signIn = async (user: string) => {
    const browser = new Browser(before);
    await browser.visit((own) => own().set('user', user));
    store.spy.reset();
    return browser.cookies.get('sid') ?? '';
  };
  return { store, before, session, onlyNew, signIn };
}

function sent(cookies: readonly SetCookie[]) {
  return cookies.map(({ name, value }) => [name, value]);
}

function headerOf(cookies: Readonly<Record<string, string>>): string {
  return Object.entries(cookies)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('; ');
}

const userOf = (own: () => AppSession<Data>) => own().get('user');

describe('a visitor with a cookie of a former name', () => {
  it('is signed in where nothing can be set, at the cost of one read', async () => {
    const { session, signIn, store } = setUp();
    const scope = new NextScope(headerOf({ sid: await signIn('ada') }));
    expect(await scope.run('render', () => session().get('user'))).toBe('ada');
    expect(store.spy.calls).toEqual(['get']);
    expect(scope.setCookies()).toEqual([]);
  });

  it('gets the first name with the next write, with the same ID, and loses the former one', async () => {
    const { session, signIn, onlyNew } = setUp();
    const value = await signIn('ada');
    const browser = new Browser(session, { sid: value });
    const { cookies } = await browser.visit((own) => own().set('n', 1));
    expect(sent(cookies)).toEqual([
      [NEW, value],
      ['sid', ''],
    ]);
    expect([...browser.cookies]).toEqual([[NEW, value]]);
    // Once.
    expect((await browser.visit((own) => own().set('n', 2))).cookies).toEqual([]);
    // The former name can then be taken out.
    const later = new Browser(onlyNew, { [NEW]: value });
    expect((await later.visit((own) => own().all())).result).toEqual({ user: 'ada', n: 2 });
  });

  it('gets it by touch() in proxy, and the page behind it sees the session', async () => {
    const { session, signIn } = setUp();
    const value = await signIn('ada');
    const header = headerOf({ sid: value, theme: 'dark' });
    const request = new NextRequest('http://localhost/', { headers: { cookie: header } });
    const response = NextResponse.next();
    await session(request, response).touch();
    const set = response.headers.getSetCookie();
    expect(set).toEqual([
      expect.stringMatching(/^__Host-sid=s%3A\S+; Path=\/;.* Secure; HttpOnly/),
      expect.stringMatching(/^sid=; Path=\/; Expires=Thu, 01 Jan 1970/),
    ]);
    const scope = new NextScope(headerOf({ [NEW]: value, theme: 'dark' }));
    expect(await scope.run('render', () => session().get('user'))).toBe('ada');
  });

  it('stays signed in with both cookies, and one of them costs one read', async () => {
    const { session, signIn, store } = setUp();
    const value = await signIn('ada');
    const browser = new Browser(session, { sid: value, [NEW]: value });
    expect((await browser.visit(userOf)).result).toBe('ada');
    expect(store.spy.calls).toEqual(['get']);
    expect((await browser.visit((own) => own().set('n', 1))).cookies).toEqual([]);
  });

  it('keeps the session in requests that run at the same time, each with the old cookie', async () => {
    const { session, signIn } = setUp();
    const value = await signIn('ada');
    const tabs = Array.from({ length: 5 }, () => new Browser(session, { sid: value }));
    await Promise.all(
      tabs.map((tab) => tab.visit((own) => own().update((data) => ({ n: (data.n ?? 0) + 1 })))),
    );
    for (const tab of tabs) {
      expect([...tab.cookies]).toEqual([[NEW, value]]);
      expect((await tab.visit((own) => own().get('n'))).result).toBe(5);
    }
  });

  it('gets a new ID by regenerate(), under the first name alone', async () => {
    const { session, signIn } = setUp();
    const value = await signIn('ada');
    const browser = new Browser(session, { sid: value });
    await browser.visit((own) => own().regenerate());
    expect([...browser.cookies.keys()]).toEqual([NEW]);
    expect(browser.cookies.get(NEW)).not.toBe(value);
    expect((await browser.visit(userOf)).result).toBe('ada');
  });

  it('loses every cookie by destroy(), and every session that they prove', async () => {
    const { session, signIn } = setUp();
    const [first, second] = [await signIn('ada'), await signIn('eve')];
    const browser = new Browser(session, { sid: first, [NEW]: second });
    const { cookies } = await browser.visit((own) => own().destroy());
    expect(sent(cookies)).toEqual([
      [NEW, ''],
      ['sid', ''],
    ]);
    for (const value of [first, second]) {
      expect((await new Browser(session, { sid: value }).visit(userOf)).result).toBeNull();
    }
  });

  it('keeps the old cookie if the store does not take the write', async () => {
    const { session, signIn, store } = setUp();
    const browser = new Browser(session, { sid: await signIn('ada') });
    store.spy.fail('set', new Error('OOM command not allowed when used memory > maxmemory.'), 9);
    await expect(browser.visit((own) => own().set('n', 1))).rejects.toThrow();
    store.spy.calm();
    expect([...browser.cookies.keys()]).toEqual(['sid']);
    expect((await browser.visit(userOf)).result).toBe('ada');
  });
});

it('the cookie of the first name comes before that of a former one, whatever their order in the header', async () => {
  const { session, signIn } = setUp();
  const [ada, eve] = [await signIn('ada'), await signIn('eve')];
  const scope = new NextScope(headerOf({ sid: eve, [NEW]: ada }));
  expect(await scope.run('render', () => session().get('user'))).toBe('ada');
});

it('a cookie of a former name is expired with what browsers ask of its prefix', async () => {
  const store = new SpyStore();
  const common = { secret: SECRET, store };
  const before = new Browser(nextAppSession<Data>({ ...common, name: NEW, cookie: { secure: true } }));
  await before.visit((own) => own().set('user', 'ada'));
  const cookie = { path: '/shop', domain: 'example.com', secure: false };
  const browser = new Browser(nextAppSession<Data>({ ...common, name: ['sid', NEW], cookie }));
  browser.cookies.set(NEW, before.cookies.get(NEW) ?? '');
  const { cookies } = await browser.visit((own) => own().set('n', 1));
  expect(cookies.find(({ name }) => name === NEW)?.attributes).toEqual({
    path: '/',
    secure: true,
    httponly: true,
    samesite: 'lax',
    expires: new Date(0).toUTCString(),
  });
});

it('four cookies count in all, those of the first name before others', async () => {
  const { session, signIn, store } = setUp();
  const ada = await signIn('ada');
  const dead = (n: number) => `s:${sign(`a-session-that-is-no-more-${n}`, SECRET)}`;
  const visit = (count: number) => {
    const planted = Array.from({ length: count }, (_, n) => headerOf({ [NEW]: dead(n) }));
    const scope = new NextScope([headerOf({ sid: ada }), ...planted].join('; '));
    return scope.run('render', () => session().get('user'));
  };
  expect(await visit(3)).toBe('ada');
  expect(store.spy.calls).toHaveLength(4);
  expect(await visit(4)).toBeNull();
});

it('a forged cookie of a former name changes nothing, costs no read, and is reported', async () => {
  const onEvent = vi.fn();
  const { session, signIn, store } = setUp({ onEvent });
  const value = await signIn('ada');
  const browser = new Browser(session, { sid: FORGED, [NEW]: value });
  expect((await browser.visit(userOf)).result).toBe('ada');
  expect(store.spy.calls).toEqual(['get']);
  await vi.waitFor(() =>
    expect(onEvent).toHaveBeenCalledWith(expect.objectContaining({ type: 'cookie_rejected' })),
  );
});

it('a name that is not among them opens nothing, nor does its record', async () => {
  const onEvent = vi.fn();
  const { session, onlyNew, signIn } = setUp({ onEvent });
  const value = await signIn('ada');
  expect((await new Browser(session, { staff: value }).visit(userOf)).result).toBeNull();
  expect((await new Browser(onlyNew, { sid: value }).visit(userOf)).result).toBeNull();
  // Under the new name, by hand: the record was made under the old one.
  expect((await new Browser(onlyNew, { [NEW]: value }).visit(userOf)).result).toBeNull();
  const rejection = expect.objectContaining({ type: 'record_rejected', reason: 'other_name' });
  await vi.waitFor(() => expect(onEvent).toHaveBeenCalledWith(rejection));
});

it('servers with both orders of the names, as in a rolling deployment, share sessions', async () => {
  const { session, signIn, store } = setUp();
  const options = { secret: SECRET, store, name: ['sid', NEW], cookie: { secure: true } };
  const other = nextAppSession<Data>(options);
  let cookies: Record<string, string> = { sid: await signIn('ada') };
  for (const [at, server] of [session, other, session, other].entries()) {
    const browser = new Browser(server, cookies);
    await browser.visit((own) => own().set('n', at));
    expect((await browser.visit((own) => own().all())).result).toEqual({ user: 'ada', n: at });
    cookies = Object.fromEntries(browser.cookies);
  }
});

it('a store without compare and swap moves sessions too', async () => {
  const store = new PlainStore();
  const common = { secret: SECRET, store };
  const before = new Browser(nextAppSession<Data>({ ...common, name: 'sid' }));
  await before.visit((own) => own().set('user', 'ada'));
  const value = before.cookies.get('sid') ?? '';
  const browser = new Browser(
    nextAppSession<Data>({ ...common, name: [NEW, 'sid'], cookie: { secure: true } }),
    { sid: value },
  );
  await browser.visit((own) => own().touch());
  expect([...browser.cookies]).toEqual([[NEW, value]]);
  const later = nextAppSession<Data>({ ...common, name: NEW, cookie: { secure: true } });
  expect((await new Browser(later, { [NEW]: value }).visit(userOf)).result).toBe('ada');
});

it('sealed records of a former name are opened, and moved', async () => {
  const { session, onlyNew, signIn, store } = setUp({ encryptionKey: 'an encryption key of 32 letters!!' });
  const browser = new Browser(session, { sid: await signIn('ada') });
  expect((await browser.visit(userOf)).result).toBe('ada');
  await browser.visit((own) => own().set('n', 1));
  const later = new Browser(onlyNew, Object.fromEntries(browser.cookies));
  expect((await later.visit((own) => own().all())).result).toEqual({ user: 'ada', n: 1 });
  expect(store.spy.calls).toContain('set');
});
