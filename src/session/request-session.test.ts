import { afterEach, describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import { Browser } from '../test-kits/browser.js';
import { REFUSAL, SpyStore } from '../test-kits/spy-store.js';
import type { AppSession } from './app-session.js';

function setUp(options: Partial<Options> = {}) {
  const store = new SpyStore();
  const session = nextAppSession({ secret: 'a secret', store, ...options });
  return { store, session, browser: new Browser(session) };
}

afterEach(() => vi.useRealTimers());

describe('rule 1: one store read a request', () => {
  it('however many reads, at the same time or one after another', async () => {
    const { browser, store } = setUp();
    await browser.visit((session) => session().setAll({ a: 1, b: 2 }));
    store.spy.reset();
    await browser.visit(async (session) => {
      const all = [
        session().get('a'),
        session().get('b'),
        session().all(),
        session().has('a'),
        session().info(),
      ];
      await Promise.all(all);
      await session().get('a');
      await session().id();
    });
    expect(store.spy.calls).toEqual(['get']);
  });

  it('and requests share no copy: each reads the store', async () => {
    const { browser } = setUp();
    await browser.visit((session) => session().set('n', 1));
    const one = browser.open();
    const two = browser.open();
    expect(await one.session().get('n')).toBe(1);
    await two.session().set('n', 2);
    expect((await browser.visit((session) => session().get('n'))).result).toBe(2);
  });

  it('a failed read fails for the whole request, until reload', async () => {
    const { browser, store } = setUp();
    await browser.visit((session) => session().set('n', 1));
    store.spy.reset();
    store.spy.fail('get', new Error('down'));
    await browser.visit(async (session) => {
      await expect(session().get('n')).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
      await expect(session().get('n')).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
      await expect(session().set('n', 2)).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
      await session().reload();
      expect(await session().get('n')).toBe(1);
    });
    expect(store.spy.calls).toEqual(['get', 'get']);
  });
});

describe('rule 2: a request sees its own writes', () => {
  it('after each write', async () => {
    const { browser } = setUp();
    await browser.visit(async (session) => {
      await session().set('n', 1);
      expect(await session().get('n')).toBe(1);
      await session().set('n', 2);
      expect(await session().get('n')).toBe(2);
      await session().destroy('n');
      expect(await session().has('n')).toBe(false);
    });
  });

  it('and a first write reads the session itself, and slides it: one read and one write, however old it is', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { browser, store } = setUp();
    await browser.visit((session) => session().set('n', 1));
    vi.advanceTimersByTime(3_600_000);
    store.spy.reset();
    await browser.visit((session) => session().set('n', 2));
    expect(store.spy.calls).toEqual(['get', 'set']);
  });

  it('and a write after a read costs only the write', async () => {
    const { browser, store } = setUp();
    await browser.visit((session) => session().set('n', 1));
    store.spy.reset();
    await browser.visit(async (session) => {
      await session().get('n');
      await session().set('n', 2);
      await session().set('n', 3);
    });
    expect(store.spy.calls).toEqual(['get', 'set', 'set']);
  });
});

describe('rule 5: when a session is created', () => {
  it('reads create nothing', async () => {
    const { browser, store } = setUp();
    const { cookies } = await browser.visit(async (session) => {
      await Promise.all([
        session().all(),
        session().get('a'),
        session().info(),
        session().id(),
        session().touch(),
      ]);
    });
    expect(cookies).toEqual([]);
    expect(store.spy.calls).toEqual([]);
  });

  it.each([
    ['set', (s) => s.set('a', 1)],
    ['setAll', (s) => s.setAll({ a: 1 })],
    ['update', (s) => s.update(() => ({ a: 1 }))],
    ['regenerate', (s) => s.regenerate(() => ({ a: 1 }))],
  ] as [string, (s: AppSession) => Promise<void>][])(
    '%s creates one, with one store call and one cookie',
    async (_, write) => {
      const { browser, store } = setUp();
      const { cookies } = await browser.visit((session) => write(session()));
      expect(store.spy.calls).toEqual(['set']);
      expect(cookies).toHaveLength(1);
      expect((await browser.visit((session) => session().all())).result).toEqual({ a: 1 });
    },
  );

  it('two first writes at the same time create one session', async () => {
    const { browser, store } = setUp();
    const { cookies } = await browser.visit((session) =>
      Promise.all([session().set('a', 1), session().set('b', 2)]),
    );
    expect(cookies).toHaveLength(1);
    expect(new Set(store.spy.keys).size).toBe(1);
    expect((await browser.visit((session) => session().all())).result).toEqual({ a: 1, b: 2 });
  });

  it('a signed but unknown ID is never adopted', async () => {
    const { browser, store } = setUp();
    await browser.visit((session) => session().set('a', 1));
    const planted = browser.cookies.get('sid');
    store.memory.destroy(store.spy.keys[0] ?? '');
    await browser.visit((session) => session().set('a', 2));
    expect(browser.cookies.get('sid')).not.toBe(planted);
  });
});

describe('rule 6: the cookie', () => {
  it('has safe attributes', async () => {
    const { browser } = setUp();
    const { cookies } = await browser.visit((session) => session().set('a', 1));
    expect(cookies[0]?.value).toMatch(/^s:[\w-]{22}\.[\w+/]{43}$/);
    expect(cookies[0]?.attributes).toEqual({ path: '/', httponly: true, samesite: 'lax' });
  });

  it('is Secure in production', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const { browser } = setUp();
    vi.unstubAllEnvs();
    const { cookies } = await browser.visit((session) => session().set('a', 1));
    expect(cookies[0]?.attributes).toMatchObject({ secure: true });
  });

  it('is set only after the store acknowledged', async () => {
    const { browser, store } = setUp();
    store.spy.fail('set', REFUSAL);
    const { cookies } = await browser.visit(async (session) => {
      await expect(session().set('a', 1)).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
      expect(await session().all()).toEqual({});
    });
    expect(cookies).toEqual([]);
  });

  it('a refused write changes nothing in the request', async () => {
    const { browser, store } = setUp();
    await browser.visit((session) => session().set('a', 1));
    store.spy.fail('set', REFUSAL);
    await browser.visit(async (session) => {
      await expect(session().set('a', 2)).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
      expect(await session().get('a')).toBe(1);
    });
  });

  it('a timed-out write has an unknown outcome: the copy is dropped', async () => {
    const { browser, store } = setUp({ storeTimeout: 0.5 });
    await browser.visit((session) => session().set('a', 1));
    store.spy.reset();
    const { cookies } = await browser.visit(async (session) => {
      await session().get('a');
      store.spy.hang('set');
      await expect(session().set('a', 2)).rejects.toMatchObject({
        code: 'ERR_SESSION_STORE_TIMEOUT',
        message: expect.stringContaining('unknown'),
      });
      expect(await session().get('a')).toBe(1);
    });
    // After a call without an answer a probe is sent first, and then the session is read again. Since that is answered, it is
    // found out whether writes are, too.
    expect(store.spy.calls).toEqual(['get', 'set', 'get', 'get', 'set']);
    expect(new Set(store.spy.keys).size).toBe(1);
    expect(cookies).toEqual([]);
  });

  it('without a Max-Age is sent only once', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { browser } = setUp({ idleTimeout: 86_400 });
    await browser.visit((session) => session().set('a', 1));
    vi.setSystemTime(Date.now() + 3_600_000);
    const { cookies } = await browser.visit((session) => session().set('a', 2));
    expect(cookies).toEqual([]);
  });

  const sending: [string, (s: AppSession, n: number) => Promise<void>][] = [
    ['a write', (s, n) => s.set('a', n)],
    ['touch()', (s) => s.touch()],
  ];

  it.each(sending)('with a Max-Age is sent again by %s after a tenth of it', async (_, send) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { browser } = setUp({ cookie: { maxAge: 3600 } });
    const first = await browser.visit((session) => session().set('a', 1));
    expect(first.cookies[0]?.attributes).toMatchObject({ 'max-age': '3600' });
    for (let tenth = 0; tenth < 3; tenth++) {
      for (const seconds of [1, 358]) {
        vi.advanceTimersByTime(seconds * 1000);
        expect((await browser.visit((session) => send(session(), seconds))).cookies).toEqual([]);
      }
      vi.advanceTimersByTime(1000);
      const due = await browser.visit((session) => send(session(), 0));
      expect(due.cookies[0]?.attributes).toMatchObject({ 'max-age': '3600' });
      expect(due.cookies[0]?.value).toBe(first.cookies[0]?.value);
    }
  });

  it.each([
    [60, 'never within touchAfter', 599, 0],
    [60, 'after touchAfter', 600, 1],
    [0.02, 'before it ends, though touchAfter is longer', 10, 1],
  ])('with a Max-Age of %s minutes is sent by touch() %s', async (minutes, _, seconds, count) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { browser } = setUp({ cookie: { maxAge: minutes * 60 }, touchAfter: 600, idleTimeout: 7200 });
    await browser.visit((session) => session().set('a', 1));
    vi.advanceTimersByTime(seconds * 1000);
    expect((await browser.visit((session) => session().touch())).cookies).toHaveLength(count);
  });

  it('with a Max-Age that outlives the session ends with it, so a tenth of the idle timeout counts', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { browser } = setUp({ cookie: { maxAge: 7 * 86_400 }, idleTimeout: 3600 });
    const { cookies } = await browser.visit((session) => session().set('a', 1));
    expect(cookies[0]?.attributes).toMatchObject({ 'max-age': '3600' });
    vi.advanceTimersByTime(359_000);
    expect((await browser.visit((session) => session().touch())).cookies).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect((await browser.visit((session) => session().touch())).cookies).toHaveLength(1);
  });

  it('of a session that is gone is cleared by destroy(), and by nothing that only reads', async () => {
    const { browser, store } = setUp();
    await browser.visit((session) => session().set('a', 1));
    store.memory.destroy(store.spy.keys[0] ?? '');
    const reading = await browser.visit(async (session) => {
      await session().all();
      await session().touch();
      await session().destroy('a');
    });
    expect(reading.cookies).toEqual([]);
    await browser.visit(async (session) => {
      await session().all();
      await session().destroy();
    });
    expect(browser.cookies.size).toBe(0);
  });

  it('of a server whose clock is a day ahead is sent again', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { browser } = setUp({ cookie: { maxAge: 3600 } });
    vi.advanceTimersByTime(86_400_000);
    await browser.visit((session) => session().set('a', 1));
    vi.setSystemTime(Date.now() - 86_400_000);
    expect((await browser.visit((session) => session().touch())).cookies).toHaveLength(1);
    expect((await browser.visit((session) => session().touch())).cookies).toEqual([]);
  });

  it('with touch() in proxy, a late answer does not undo a sign-in', async () => {
    const { browser } = setUp({ cookie: { maxAge: 3600 }, regenerateGrace: 0 });
    await browser.visit((session) => session().set('a', 1));
    const slow = browser.open();
    await slow.session().touch();
    await browser.visit((session) => session().regenerate(() => ({ user: 'ada' })));
    slow.finish();
    expect((await browser.visit((session) => session().all())).result).toEqual({ user: 'ada' });
  });

  it('signed with an old secret is signed with the new one by the next write or touch()', async () => {
    const { browser, store } = setUp({ secret: 'old' });
    await browser.visit((session) => session().set('a', 1));
    const rotated = nextAppSession({ secret: ['new', 'old'], store });
    const later = new Browser(rotated, Object.fromEntries(browser.cookies));
    expect((await later.visit((session) => session().get('a'))).result).toBe(1);
    expect((await later.visit((session) => session().touch())).cookies).toHaveLength(1);
    const last = new Browser(nextAppSession({ secret: 'new', store }), Object.fromEntries(later.cookies));
    expect((await last.visit((session) => session().get('a'))).result).toBe(1);
  });
});

describe('a write whose cookie is due', () => {
  const due = async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const app = setUp({ cookie: { maxAge: 86_400 } });
    await app.browser.visit((session) => session().set('a', 1));
    vi.advanceTimersByTime(86_400_000 / 2);
    // The read slides the session, so that no later one does.
    await app.browser.visit((session) => session().get('a'));
    app.store.spy.reset();
    return app;
  };

  it('and that changes nothing is not made, and sends none', async () => {
    const { browser, store } = await due();
    const { cookies } = await browser.visit((session) => session().destroy('b'));
    expect(store.spy.calls).toEqual(['get']);
    expect(cookies).toEqual([]);
  });

  it('sends none for a touch() that the store does not take', async () => {
    const { browser, store } = await due();
    store.spy.fail('set', REFUSAL);
    const { cookies } = await browser.visit((session) => session().touch());
    expect(store.spy.calls).toEqual(['get', 'set']);
    expect(cookies).toEqual([]);
  });
});

describe('rule 7: where no cookie can be set', () => {
  it('session(req) alone writes a live session, and creates none', async () => {
    const { browser, session, store } = setUp();
    await browser.visit((own) => own().set('a', 1));
    const { request } = browser.open();
    await session(request).set('a', 2);
    await session(request).touch();
    expect((await browser.visit((own) => own().get('a'))).result).toBe(2);
    store.spy.reset();
    const unknown = { headers: {}, cookies: {} };
    const noResponse = { code: 'ERR_SESSION_NO_RESPONSE' };
    await expect(session(unknown).set('a', 1)).rejects.toMatchObject(noResponse);
    await expect(session(request).regenerate()).rejects.toMatchObject(noResponse);
    await expect(session(request).touch({ maxAge: 60 })).rejects.toMatchObject(noResponse);
    expect(store.spy.calls).toEqual([]);
    await session(request).destroy();
    expect((await browser.visit((own) => own().all())).result).toEqual({});
  });

  it('after the headers were sent, a write that needs a cookie throws', async () => {
    const { browser, session } = setUp();
    const { request, response } = browser.open();
    const sent = { ...response, headersSent: true };
    await expect(session(request, sent).set('a', 1)).rejects.toMatchObject({
      code: 'ERR_SESSION_NO_RESPONSE',
    });
  });
});

describe('touch', () => {
  it('with maxAge gives the session its own lifetime, and sends the cookie at once', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { browser } = setUp({ cookie: { maxAge: 3600 } });
    await browser.visit((session) => session().set('a', 1));
    const own = await browser.visit((session) => session().touch({ maxAge: 86_400 }));
    expect(own.cookies[0]?.attributes).toMatchObject({ 'max-age': '86400' });
    vi.setSystemTime(Date.now() + 23 * 3_600_000);
    const later = await browser.visit((session) => session().set('a', 2));
    expect(later.cookies[0]?.attributes).toMatchObject({ 'max-age': '86400' });
    vi.setSystemTime(Date.now() + 23 * 3_600_000);
    expect((await browser.visit((session) => session().get('a'))).result).toBe(2);
  });

  it('of a session that another request ended does nothing, and sets no cookie', async () => {
    const { browser } = setUp();
    await browser.visit((session) => session().set('a', 1));
    const slow = browser.open();
    await slow.session().get('a');
    await browser.visit((session) => session().destroy());
    await slow.session().touch();
    expect(slow.cookies()).toEqual([]);
    expect(await slow.session().all()).toEqual({});
  });
});

describe('a call that timed out', () => {
  it('does not wait for a read that hangs as well', async () => {
    const { browser, store } = setUp({ storeTimeout: 0.2 });
    await browser.visit((session) => session().set('a', 1));
    await browser.visit(async (session) => {
      store.spy.hang('set');
      const started = performance.now();
      const write = session()
        .set('b', 2)
        .catch(() => performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, 150));
      store.spy.hang('get');
      const read = session()
        .get('a')
        .catch(() => performance.now() - started);
      expect(Number(await write)).toBeLessThan(Number(await read));
    });
  });

  it('takes the writes that wait behind it along: n of them do not take n times storeTimeout', async () => {
    const { browser, store } = setUp({ storeTimeout: 0.5 });
    await browser.visit((session) => session().set('a', 1));
    await browser.visit(async (session) => {
      for (let n = 0; n < 5; n++) store.spy.hang('set');
      const startedAt = performance.now();
      const writes = Array.from({ length: 5 }, (_, n) => session().set('a', n));
      const results = await Promise.allSettled([...writes, session().regenerate(), session().reload()]);
      expect(performance.now() - startedAt).toBeLessThan(1000);
      const timeout = { reason: { code: 'ERR_SESSION_STORE_TIMEOUT' } };
      expect(results.slice(0, 6)).toMatchObject(Array(6).fill(timeout));
      expect(results.at(-1)).toMatchObject({ status: 'fulfilled' });
    });
    // Only the first one was sent, and probes.
    expect(store.spy.calls.filter((call) => call === 'set').length).toBeLessThanOrEqual(3);
  });
});
