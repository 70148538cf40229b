import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import { hashSessionId } from '../record/session-id.js';
import { MemoryStore } from '../stores/memory/memory-store.js';
import { Browser } from '../test-kits/browser.js';
import { actAsProcesses } from '../test-kits/processes.js';
import { PlainStore, SpyStore } from '../test-kits/spy-store.js';

const HOUR = 3_600_000;

interface Data {
  n?: number;
  user?: string;
  [key: string]: unknown;
}

function browse(options: Options) {
  return new Browser(nextAppSession<Data>({ secret: 'a secret', ...options }));
}

/** Returns a browser that has a session of the user `ada`. */
async function signedIn(store: Options['store'], options: Options = {}) {
  const browser = browse({ store, ...options });
  await browser.visit((session) => session().setAll({ n: 0, user: 'ada' }));
  return browser;
}

const stores = [
  ['a store that compares and swaps', () => new SpyStore()],
  ['a store of three methods', () => new PlainStore()],
] as const;

describe.each(stores)('rule 3: no lost update, on %s', (_, makeStore) => {
  it('200 concurrent updates of one key', async () => {
    const browser = await signedIn(makeStore());
    const increment = () =>
      browser.visit((session) =>
        session().update((data) => {
          data.n = (data.n ?? 0) + 1;
        }),
      );
    await Promise.all(Array.from({ length: 200 }, increment));
    expect((await browser.visit((session) => session().get('n'))).result).toBe(200);
  });

  it('200 concurrent sets of different keys', async () => {
    const browser = await signedIn(makeStore());
    const sets = Array.from({ length: 200 }, (_, i) => browser.visit((session) => session().set(`k${i}`, i)));
    await Promise.all(sets);
    const { result } = await browser.visit((session) => session().all());
    expect(Object.keys(result)).toHaveLength(202);
  });

  it('a write in a request whose copy is outdated', async () => {
    const browser = await signedIn(makeStore());
    const slow = browser.open();
    expect(await slow.session().get('n')).toBe(0);
    await browser.visit((session) => session().set('n', 5));
    await slow.session().set('late', true);
    expect(await slow.session().all()).toEqual({ n: 5, user: 'ada', late: true });
  });
});

describe('rule 3 between processes, on a store that compares and swaps', () => {
  actAsProcesses();
  const otherProcess = (store: SpyStore, browser: Browser<Data>) => {
    const other = browse({ store });
    other.cookies.set('sid', browser.cookies.get('sid') ?? '');
    return other;
  };

  it('all updates of two processes survive', async () => {
    const store = new SpyStore();
    const browser = await signedIn(store);
    const other = otherProcess(store, browser);
    const increment = (process: Browser<Data>) =>
      process.visit((session) =>
        session().update((data) => {
          data.n = (data.n ?? 0) + 1;
        }),
      );
    await Promise.all(Array.from({ length: 100 }, (_, i) => increment(i % 2 ? browser : other)));
    expect((await browser.visit((session) => session().get('n'))).result).toBe(100);
  });

  it('regenerate keeps what another process wrote meanwhile', async () => {
    const store = new SpyStore();
    const browser = await signedIn(store);
    const other = otherProcess(store, browser);
    const slow = browser.open();
    await slow.session().get('n');
    await other.visit((session) => session().set('n', 9));
    await slow.session().regenerate();
    slow.finish();
    expect((await browser.visit((session) => session().all())).result).toEqual({ n: 9, user: 'ada' });
    await expect(other.visit((session) => session().set('n', 10))).rejects.toMatchObject({
      code: 'ERR_SESSION_GONE',
    });
  });

  it('a write that loses every swap throws ERR_SESSION_CONFLICT at the deadline', async () => {
    const store = new SpyStore();
    const browser = await signedIn(store, { storeTimeout: 0.05 });
    vi.spyOn(store.atomic, 'swap').mockResolvedValue(null);
    await browser.visit(async (session) => {
      await expect(session().set('n', 1)).rejects.toMatchObject({ code: 'ERR_SESSION_CONFLICT' });
    });
  });
});

describe.each(stores)('rule 4: no resurrection, on %s', (_, makeStore) => {
  it.each(['set', 'update', 'regenerate', 'destroy key'])(
    '%s of a session that another request destroyed throws',
    async (how) => {
      const browser = await signedIn(makeStore());
      const slow = browser.open();
      await slow.session().get('n');
      await browser.visit((session) => session().destroy());
      const write = () => {
        if (how === 'set') return slow.session().set('n', 1);
        if (how === 'update') return slow.session().update(() => ({ n: 1 }));
        if (how === 'regenerate') return slow.session().regenerate();
        return slow.session().destroy('n');
      };
      await expect(write()).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
      // The request must not start another session in its place either: the visitor may have signed in again.
      await expect(write()).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
      expect(await slow.session().all()).toEqual({});
      expect(slow.cookies()).toEqual([]);
      await slow.session().destroy();
      await slow.session().set('n', 2);
      expect(await slow.session().all()).toEqual({ n: 2 });
    },
  );

  it('a write under way while another request regenerates throws, and changes nothing', async () => {
    const browser = await signedIn(makeStore());
    const slow = browser.open();
    await slow.session().get('n');
    await browser.visit((session) => session().regenerate());
    await expect(slow.session().set('n', 1)).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
    expect((await browser.visit((session) => session().get('n'))).result).toBe(0);
  });
});

describe('rule 8: expiry is decided on the server', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterEach(() => vi.useRealTimers());
  const wait = (ms: number) => vi.setSystemTime(Date.now() + ms);
  const read = (browser: Browser<Data>) =>
    browser.visit((session) => session().get('user')).then((v) => v.result);

  describe.each(stores)('on %s', (_, makeStore) => {
    it('idle timeout: a day without use, by default', async () => {
      const browser = await signedIn(makeStore());
      wait(24 * HOUR - 1);
      expect(await read(browser)).toBe('ada');
      wait(24 * HOUR);
      expect(await read(browser)).toBeNull();
    });

    it('reads slide the idle timeout', async () => {
      const browser = await signedIn(makeStore(), { idleTimeout: 1800 });
      for (let i = 0; i < 10; i++) {
        wait(HOUR / 3);
        expect(await read(browser)).toBe('ada');
      }
      wait(HOUR / 2);
      expect(await read(browser)).toBeNull();
    });

    it('an expired session is not brought back by a write', async () => {
      const browser = await signedIn(makeStore());
      const slow = browser.open();
      await slow.session().get('n');
      wait(25 * HOUR);
      await expect(slow.session().set('n', 1)).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
      expect(await read(browser)).toBeNull();
    });

    it('absolute timeout: counts from the creation, however much the session is used', async () => {
      const browser = await signedIn(makeStore(), { idleTimeout: 3600, absoluteTimeout: 7200 });
      wait(HOUR * 0.9);
      await browser.visit((session) => session().regenerate());
      wait(HOUR * 0.9);
      expect(await read(browser)).toBe('ada');
      const { result } = await browser.visit((session) => session().info());
      expect((result?.expiresAt ?? 0) - Date.now()).toBeCloseTo(0.2 * HOUR, -2);
      wait(HOUR * 0.2);
      expect(await read(browser)).toBeNull();
    });
  });

  it('an idle timeout shorter than touchAfter still slides', async () => {
    const browser = await signedIn(new SpyStore(), { idleTimeout: 40 });
    for (let i = 0; i < 5; i++) {
      wait(30_000);
      expect(await read(browser)).toBe('ada');
    }
  });

  it('a read makes a second call to slide the idle timeout only after `touchAfter`', async () => {
    const store = new SpyStore();
    const browser = await signedIn(store);
    store.spy.reset();
    wait(59_000);
    await read(browser);
    expect(store.spy.calls).toEqual(['get']);
    wait(2_000);
    await read(browser);
    expect(store.spy.calls).toEqual(['get', 'get', 'set']);
  });

  it('a slide that fails does not fail the read', async () => {
    const store = new SpyStore();
    const browser = await signedIn(store);
    wait(61_000);
    store.spy.fail('set', new Error('down'));
    expect(await read(browser)).toBe('ada');
  });

  it('the cookie never outlives the absolute timeout', async () => {
    const browser = browse({ store: new SpyStore(), cookie: { maxAge: 7200 }, absoluteTimeout: 3600 });
    const { cookies } = await browser.visit((session) => session().set('n', 1));
    expect(cookies[0]?.attributes).toMatchObject({ 'max-age': '3600' });
  });

  it('an expired record is deleted from a store that does not expire records itself', async () => {
    const store = new PlainStore();
    const browser = await signedIn(store);
    wait(25 * HOUR);
    await read(browser);
    expect(store.records.size).toBe(0);
  });

  it('a store that ends idle sessions itself decides when, and reads slide them by touch', async () => {
    const touched: unknown[] = [];
    const plain = new PlainStore();
    const store = Object.assign(plain, {
      expiry: 'store' as const,
      touch: (_id: string, record: { cookie?: { expires?: unknown } }) =>
        touched.push(record.cookie?.expires),
    });
    const browser = await signedIn(store, { absoluteTimeout: 3 * 86_400 });
    wait(30 * HOUR);
    expect(await read(browser)).toBe('ada');
    expect(touched).toEqual([new Date(Date.now() + 24 * HOUR).toISOString()]);
    wait(60 * HOUR);
    expect(await read(browser)).toBeNull();
  });
});

describe('records of other writers', () => {
  const ID = 'a'.repeat(21);
  const visit = async (record: unknown, options: Options = {}) => {
    const store = new PlainStore();
    store.records.set(ID, JSON.stringify(record));
    const browser = new Browser(nextAppSession<Data>({ store, ...options }), { sid: ID });
    const { result } = await browser.visit((session) => session().all());
    return { result, browser, stored: () => JSON.parse(store.records.get(ID) ?? 'null') };
  };

  it('of 1.x have no cookie: their idle timeout starts at the first read', async () => {
    const { result, stored } = await visit({ n: 1 });
    expect(result).toEqual({ n: 1 });
    const left = Date.parse(stored().cookie.expires) - Date.now();
    expect(left).toBeGreaterThan(24 * HOUR - 1000);
    expect(left).toBeLessThanOrEqual(24 * HOUR);
    expect(stored().__session.createdAt).toBeGreaterThan(Date.now() - 1000);
  });

  it('of express-session may have no expiry date', async () => {
    const { result } = await visit({ cookie: { originalMaxAge: null, expires: null, path: '/' }, n: 1 });
    expect(result).toEqual({ n: 1 });
  });

  it('get the cookie fields that express-session reads', async () => {
    const { stored } = await visit({ n: 1 }, { cookie: { maxAge: 600, domain: 'example.org' } });
    expect(stored().cookie).toMatchObject({
      originalMaxAge: 600_000,
      httpOnly: true,
      path: '/',
      secure: false,
      sameSite: 'lax',
      domain: 'example.org',
    });
  });

  it.each([
    ['an invalid date', { cookie: { expires: 'soon' }, n: 1 }],
    ['a date of the wrong type', { cookie: { expires: { $gt: 0 } }, n: 1 }],
    ['a cookie that is no object', { cookie: 'chocolate', n: 1 }],
    ['a date in the past', { cookie: { expires: '2020-01-01T00:00:00Z' }, n: 1 }],
    ['an array', [1, 2]],
    ['a string', 'n=1'],
    ['a number', 7],
    ['null', null],
  ])('count as no session with %s', async (_, record) => {
    const { result, browser } = await visit(record);
    expect(result).toEqual({});
    await browser.visit((session) => session().set('n', 2));
    expect(browser.cookies.get('sid')).not.toBe(ID);
  });

  it('cannot reach a prototype', async () => {
    const store = new PlainStore();
    store.records.set(ID, '{"__proto__":{"admin":true},"n":{"__proto__":{"admin":true}}}');
    const browser = new Browser(nextAppSession<Data>({ store }), { sid: ID });
    const { result } = await browser.visit((session) => session().all());
    expect(Object.keys(result)).toEqual(['n']);
    expect((result as { admin?: boolean }).admin).toBeUndefined();
    expect((result.n as unknown as { admin?: boolean }).constructor).toBe(Object);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('hashIds', () => {
  it('is what the store prefers: a MemoryStore never sees the ID', async () => {
    const store = new SpyStore();
    const browser = await signedIn(store);
    const { result: id } = await browser.visit((session) => session().id());
    expect(new Set(store.spy.keys)).toEqual(new Set([hashSessionId(id ?? '')]));
  });

  it.each([
    [true, 43],
    [false, 22],
    [undefined, 22],
  ])('%j on a custom store makes keys of %i characters', async (hashIds, length) => {
    const store = new PlainStore();
    await signedIn(store, { hashIds });
    expect([...store.records.keys()][0]).toHaveLength(length);
  });
});

describe('genid', () => {
  it('may be async', async () => {
    const browser = await signedIn(new SpyStore(), { genid: async () => 'chosen.~:-_ID' });
    expect((await browser.visit((session) => session().id())).result).toBe('chosen.~:-_ID');
  });

  it.each(['', 'a b', '../x', 'a..b', 'ä', 'x'.repeat(257), 7, undefined])('refuses %j', async (id) => {
    const store = new SpyStore();
    const browser = browse({ store, genid: () => id as string });
    await browser.visit(async (session) => {
      await expect(session().set('n', 1)).rejects.toMatchObject({ code: 'ERR_SESSION_ID' });
    });
    expect(store.spy.calls).toEqual([]);
  });

  it('that repeats itself never overwrites another session', async () => {
    const store = new SpyStore();
    const genid = () => 'always-the-same';
    await signedIn(store, { genid });
    const second = browse({ store, genid });
    await second.visit(async (session) => {
      await expect(session().set('n', 1)).rejects.toMatchObject({ code: 'ERR_SESSION_ID' });
    });
  });
});

describe('the store option', () => {
  it('may be a function, called once at first use', async () => {
    const make = vi.fn(async () => new MemoryStore());
    const browser = browse({ store: make, name: 'lazy' });
    expect(make).not.toHaveBeenCalled();
    await Promise.all([
      browser.visit((session) => session().set('n', 1)),
      browser.visit((s) => s().set('n', 1)),
    ]);
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('a function that throws is called again', async () => {
    const make = vi.fn((): MemoryStore => new MemoryStore());
    make.mockImplementationOnce(() => {
      throw new Error('not yet');
    });
    const browser = browse({ store: make, name: 'retry' });
    await browser.visit(async (session) => {
      await expect(session().set('n', 1)).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
      await session().set('n', 1);
    });
  });

  it('a function whose promise never resolves fails by storeTimeout', async () => {
    const browser = browse({ store: () => new Promise(() => {}), name: 'never', storeTimeout: 0.02 });
    await browser.visit(async (session) => {
      await expect(session().set('n', 1)).rejects.toMatchObject({ code: 'ERR_SESSION_STORE_TIMEOUT' });
    });
  });

  it('a function that returns no store throws ERR_SESSION_OPTIONS', async () => {
    const browser = browse({ store: (() => ({})) as never, name: 'none' });
    await browser.visit(async (session) => {
      await expect(session().set('n', 1)).rejects.toMatchObject({ code: 'ERR_SESSION_OPTIONS' });
    });
  });
});

describe('rules 9 and 10: a store that fails or hangs', () => {
  it('fails by the deadline, also while waiting for other writers, and then works again', async () => {
    const store = new SpyStore();
    const browser = await signedIn(store, { storeTimeout: 0.05 });
    for (let i = 0; i < 5; i++) store.spy.hang('get');
    const writes = Array.from({ length: 5 }, () => browser.visit((session) => session().set('n', 1)));
    for (const result of await Promise.allSettled(writes)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ERR_SESSION_STORE_TIMEOUT' } });
    }
    store.spy.calm();
    await vi.waitFor(() => browser.visit((session) => session().set('n', 1)), 20_000);
  });

  it('errors hold no session ID and no data, whatever the store put into its own', async () => {
    const store = new PlainStore();
    const browser = await signedIn(store);
    const { result: id } = await browser.visit((session) => session().id());
    const leaky = Object.assign(new Error(`ENOTDIR /sessions/${id}.json`), {
      code: 'ENOTDIR',
      command: { name: 'set', args: [id, '{"user":"ada"}'] },
    });
    store.spy.fail('get', leaky);
    const { result: error } = await browser.visit((session) =>
      session()
        .get('n')
        .catch((thrown: unknown) => thrown),
    );
    const { inspect } = await import('node:util');
    const shown = inspect(error, { depth: 9, showHidden: true });
    expect(shown).toContain('ENOTDIR');
    expect(shown).not.toContain(id);
    expect(shown).not.toContain('ada');
    expect((error as Error).cause).toBeInstanceOf(Error);
    store.records.set(id ?? '', '{"user":"ada"');
    const parsing = await browser.visit((session) =>
      session()
        .get('n')
        .catch((thrown: unknown) => thrown),
    );
    expect(inspect(parsing.result, { depth: 9, showHidden: true })).not.toContain('ada');
  });

  it('a store may throw instead of rejecting, and throw anything', async () => {
    const store = new SpyStore();
    const browser = await signedIn(store);
    vi.spyOn(store.atomic, 'load').mockImplementation(() => {
      throw 'text';
    });
    await browser.visit(async (session) => {
      await expect(session().get('n')).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
    });
  });
});
