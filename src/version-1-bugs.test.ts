import { sign } from 'cookie-signature';
import expressSession from 'express-session';
import { NextRequest, NextResponse } from 'next/server.js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nextAppSession } from './next-app-session.js';
import type { Options } from './options/options.js';
import { promisifyStore } from './stores/express/promisify-store.js';
import { MemoryStore } from './stores/memory/memory-store.js';
import { Browser } from './test-kits/browser.js';
import { NextScope } from './test-kits/next-scope.js';
import { PlainStore, SpyStore } from './test-kits/spy-store.js';

// The bugs of 1.0.7, each with the behaviour that replaced it. Bugs 1 and 17 are about the built package:
// e2e/package/version-1-bugs.test.ts.

const SECRET = 'a secret';

function setUp(options: Options = {}) {
  const store = new SpyStore();
  const session = nextAppSession({ secret: SECRET, store, ...options });
  return { store, session, browser: new Browser(session) };
}

afterEach(() => vi.useRealTimers());

describe('bugs of 1.0.7', () => {
  it('2: cookies() is a promise on Next 16', async () => {
    const { session } = setUp();
    const scope = new NextScope();
    await scope.run('action', () => session().set('n', 1));
    expect(await new NextScope(scope.cookies()).run('render', () => session().get('n'))).toBe(1);
  });

  it('3: destroy() left the record, the ID and the cookie', async () => {
    const store = new PlainStore();
    const { browser } = setUp({ store });
    await browser.visit((session) => session().set('n', 1));
    await browser.visit((session) => session().destroy());
    expect(store.records.size).toBe(0);
    expect(browser.cookies.size).toBe(0);
  });

  it('4: destroy() without a session created one', async () => {
    const { browser, store } = setUp();
    const { cookies } = await browser.visit((session) => session().destroy());
    expect(cookies).toEqual([]);
    expect(store.spy.calls).toEqual([]);
  });

  it("5: destroy('') wiped everything", async () => {
    const { browser } = setUp();
    await browser.visit((session) => session().set('n', 1));
    await browser.visit((session) => session().destroy(''));
    expect((await browser.visit((session) => session().all())).result).toEqual({ n: 1 });
  });

  it("6: has was false for 0, false and ''", async () => {
    const { browser } = setUp();
    await browser.visit(async (session) => {
      await session().setAll({ zero: 0, no: false, empty: '' });
      for (const key of ['zero', 'no', 'empty']) expect(await session().has(key)).toBe(true);
    });
  });

  it("7: get('constructor') returned an inherited member", async () => {
    const { browser } = setUp();
    await browser.visit(async (session) => {
      await session().set('n', 1);
      expect(await session().get('constructor')).toBeNull();
    });
  });

  it('8: a signed but unknown ID was adopted, and without a secret any value', async () => {
    const { browser } = setUp();
    browser.cookies.set('sid', `s:${sign('planted', SECRET)}`);
    await browser.visit((session) => session().set('n', 1));
    expect(browser.cookies.get('sid')).not.toContain('planted');
    const unsigned = new Browser(nextAppSession({ store: new SpyStore() }), { sid: 'planted' });
    await unsigned.visit((session) => session().set('n', 1));
    expect(unsigned.cookies.get('sid')).not.toBe('planted');
  });

  it('8: there was no regenerate: a planted but live ID became signed in', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { browser, session } = setUp();
    await browser.visit((own) => own().set('n', 1));
    const attacker = new Browser(session, Object.fromEntries(browser.cookies));
    await browser.visit((own) => own().regenerate((data) => ({ ...data, user: 'ada' })));
    expect((await attacker.visit((own) => own().get('user'))).result).toBeNull();
    vi.advanceTimersByTime(5000);
    expect((await attacker.visit((own) => own().all())).result).toEqual({});
  });

  it('9: the s: prefix was not checked', async () => {
    const { browser } = setUp();
    await browser.visit((session) => session().set('n', 1));
    const value = browser.cookies.get('sid') ?? '';
    browser.cookies.set('sid', `zz${value.slice(2)}`);
    expect((await browser.visit((session) => session().all())).result).toEqual({});
  });

  it.each([undefined, 's:forged.signature'])('10: a cookie of %j cost a store read', async (value) => {
    const { browser, store } = setUp();
    if (value) browser.cookies.set('sid', value);
    await browser.visit((session) => session().all());
    expect(store.spy.calls).toEqual([]);
  });

  it('11: Promise.all([set, set]) lost one write', async () => {
    const { browser } = setUp();
    await browser.visit((session) => Promise.all([session().set('a', 1), session().set('b', 2)]));
    expect((await browser.visit((session) => session().all())).result).toEqual({ a: 1, b: 2 });
  });

  it('12: the cookie was never refreshed, and touchAfter was dead', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { browser, store } = setUp({ cookie: { maxAge: 600 }, touchAfter: 120 });
    await browser.visit((session) => session().set('n', 1));
    vi.setSystemTime(Date.now() + 119_000);
    store.spy.reset();
    await browser.visit((session) => session().get('n'));
    expect(store.spy.calls).toEqual(['get']);
    vi.setSystemTime(Date.now() + 2_000);
    await browser.visit((session) => session().get('n'));
    expect(store.spy.calls).toEqual(['get', 'get', 'set']);
    expect((await browser.visit((session) => session().set('n', 2))).cookies).toHaveLength(1);
  });

  it('13: records carried no expiry', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const store = new PlainStore();
    const { browser } = setUp({ store, cookie: { maxAge: 600 } });
    await browser.visit((session) => session().set('n', 1));
    const [record] = [...store.records.values()].map((value) => JSON.parse(value));
    expect(Date.parse(record.cookie.expires)).toBe(Date.now() + 600_000);
    vi.setSystemTime(Date.now() + 600_000);
    expect((await browser.visit((session) => session().all())).result).toEqual({});
  });

  it('13: expires was missing from the options, and maxAge: 0 was dropped', async () => {
    const dated = setUp({ cookie: { expires: new Date('2100-01-01T00:00:00Z') } });
    const first = await dated.browser.visit((session) => session().set('n', 1));
    expect(first.cookies[0]?.attributes).toMatchObject({ expires: 'Fri, 01 Jan 2100 00:00:00 GMT' });
    expect(() => setUp({ cookie: { maxAge: 0 } })).toThrow(/cookie\.maxAge: give seconds, 1 or more/);
  });

  it('14: MemoryStore turned any key named expires into a Date', async () => {
    const { browser } = setUp({ store: new MemoryStore(), name: 'dates' });
    const data = { expires: '2030-01-01', card: { expires: 'soon' } };
    await browser.visit((session) => session().setAll(data));
    expect((await browser.visit((session) => session().all())).result).toEqual(data);
  });

  it('15: one MemoryStore was shared by all sessions', async () => {
    const user = new Browser(nextAppSession({ name: 'user' }));
    await user.visit((session) => session().set('n', 1));
    const admin = new Browser(nextAppSession({ name: 'admin' }), { admin: user.cookies.get('user') ?? '' });
    expect((await admin.visit((session) => session().all())).result).toEqual({});
  });

  it('16: session(NextRequest) silently read {}', async () => {
    const { browser, session } = setUp();
    await browser.visit((own) => own().set('n', 1));
    const cookie = `sid=${encodeURIComponent(browser.cookies.get('sid') ?? '')}`;
    const request = new NextRequest('http://localhost/', { headers: { cookie } });
    const response = NextResponse.next();
    expect(await session(request, response).get('n')).toBe(1);
    await session(request, response).regenerate();
    expect(response.cookies.get('sid')?.value).not.toBe(browser.cookies.get('sid'));
  });

  it('18: the first write in the Pages Router threw', async () => {
    const { browser } = setUp();
    const { cookies } = await browser.visit((session) => session().set('n', 1));
    expect(cookies).toHaveLength(1);
  });

  it('18: the cookie joins others that the page sets, and replaces one of its own name', async () => {
    const { session } = setUp();
    const exchange = new Browser(session).open();
    exchange.response.setHeader('Set-Cookie', ['theme=dark', 'sid=old', 'sidecar=1']);
    await exchange.session().set('n', 1);
    expect(exchange.cookies().map(({ name }) => name)).toEqual(['theme', 'sidecar', 'sid']);
  });

  it('19: a write in a Server Component threw late, after the store call', async () => {
    const { session, store } = setUp();
    await new NextScope().run('render', async () => {
      await expect(session().set('n', 1)).rejects.toMatchObject({ code: 'ERR_SESSION_READ_ONLY' });
    });
    expect(store.spy.calls).toEqual([]);
  });

  it('20: nextAppSession() without options threw', async () => {
    const browser = new Browser(nextAppSession());
    await browser.visit((session) => session().set('n', 1));
    expect((await browser.visit((session) => session().get('n'))).result).toBe(1);
  });

  it('21: a store whose methods take callbacks and return promises, as connect-redis 9, works', async () => {
    const records = new Map<string, string>();
    const both = <T>(value: T, callback?: (error: null, value: T) => void) => {
      callback?.(null, value);
      return Promise.resolve(value);
    };
    const store = promisifyStore({
      get: (id: string, callback: never) => both(JSON.parse(records.get(id) ?? 'null'), callback),
      set: (id: string, record: never, callback: never) =>
        both(records.set(id, JSON.stringify(record)), callback),
      destroy: (id: string, callback: never) => both(records.delete(id), callback),
    });
    const { browser } = setUp({ store });
    await browser.visit((session) => session().set('n', 1));
    expect((await browser.visit((session) => session().get('n'))).result).toBe(1);
  });

  it('22: records without a cookie made express-session answer 500', async () => {
    const express = new expressSession.MemoryStore();
    const { browser } = setUp({ store: promisifyStore(express) });
    await browser.visit((session) => session().set('n', 1));
    const { result: id } = await browser.visit((session) => session().id());
    const record = await new Promise<expressSession.SessionData>((resolve, reject) =>
      express.get(id ?? '', (error, found) => (found ? resolve(found) : reject(error))),
    );
    // express-session does this with a record that it finds.
    const request = { sessionStore: express, sessionID: id } as never;
    const session = express.createSession(request, record);
    expect(session).toMatchObject({ n: 1 });
    expect(session.cookie.expires).toBeInstanceOf(Date);
  });
});

describe('what 1.x wrote is still read', () => {
  it.each([
    ['signed', SECRET],
    ['unsigned', undefined],
  ])('a %s cookie of 1.x with its record', async (_, secret) => {
    const store = new PlainStore();
    const id = 'V1StGXR8_Z5jdHi6B-myT';
    store.records.set(id, JSON.stringify({ user: 'ada', n: 1 }));
    const session = nextAppSession({ store, ...(secret && { secret }) });
    const browser = new Browser(session, { sid: secret ? `s:${sign(id, secret)}` : id });
    await browser.visit((own) => own().set('n', 2));
    expect((await browser.visit((own) => own().all())).result).toEqual({ user: 'ada', n: 2 });
  });
});
