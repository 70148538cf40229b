import { describe, expect, it, vi } from 'vitest';
import { promisifyStore } from './promisify-store.js';

type Callback = (error?: unknown, result?: unknown) => void;

const record = { n: 1, cookie: { originalMaxAge: 60_000, expires: '2100-01-01T00:00:00.000Z', path: '/' } };

/** A store of express-session in one of the styles that are out there. */
function expressStore(answer: (method: string, callback: Callback) => unknown) {
  const calls: unknown[][] = [];
  const method =
    (name: string) =>
    (...args: unknown[]) => {
      calls.push([name, ...args.slice(0, -1)]);
      return answer(name, args.at(-1) as Callback);
    };
  const store = {
    get: method('get'),
    set: method('set'),
    destroy: method('destroy'),
    touch: method('touch'),
  };
  return { store, calls };
}

describe.each([
  [
    'callbacks',
    (result: unknown) => (_: string, callback: Callback) => void setImmediate(callback, null, result),
  ],
  ['promises', (result: unknown) => async () => result],
  [
    'both',
    (result: unknown) => async (_: string, callback: Callback) => {
      callback(null, result);
      return result;
    },
  ],
] as const)('a store of %s', (_, style) => {
  it('answers', async () => {
    const { store } = expressStore(style(record));
    expect(await promisifyStore(store).get('x')).toEqual(record);
  });

  it.each([null, undefined])('a missing session of %j is null', async (missing) => {
    const { store } = expressStore(style(missing));
    expect(await promisifyStore(store).get('x')).toBeNull();
  });
});

describe('errors', () => {
  it.each([
    ['a callback', (_: string, callback: Callback) => callback(new Error('down'))],
    ['a rejection', () => Promise.reject(new Error('down'))],
    [
      'a throw',
      () => {
        throw new Error('down');
      },
    ],
  ])('by %s', async (_, answer) => {
    const store = promisifyStore(expressStore(answer).store, { expiry: 'store' });
    await expect(store.get('x')).rejects.toThrow('down');
    await expect(store.set('x', record)).rejects.toThrow('down');
    await expect(store.destroy('x')).rejects.toThrow('down');
    await expect(store.touch?.('x', record)).rejects.toThrow('down');
  });

  it('settles once, whatever a store calls afterwards', async () => {
    const { store } = expressStore((_, callback) => {
      callback(null, record);
      callback(new Error('again'));
      return Promise.reject(new Error('and again'));
    });
    expect(await promisifyStore(store).get('x')).toEqual(record);
  });

  it('ENOENT is a missing session, as session-file-store reports it', async () => {
    const missing = Object.assign(new Error('no such file'), { code: 'ENOENT' });
    const store = promisifyStore(expressStore((_, callback) => callback(missing)).store, {
      expiry: 'store',
    });
    expect(await store.get('x')).toBeNull();
    await store.destroy('x');
    await store.touch?.('x', record);
  });

  it('touch of a missing session is none, as connect-mongo reports it', async () => {
    const { store } = expressStore((method, callback) =>
      method === 'touch' ? callback(new Error('Unable to find the session to touch')) : callback(null, null),
    );
    await promisifyStore(store, { expiry: 'store' }).touch?.('x', record);
  });
});

describe('what a store is given', () => {
  it('is a cookie as express-session makes it: a Date, originalMaxAge and a maxAge getter', async () => {
    const { store, calls } = expressStore((_, callback) => callback());
    await promisifyStore(store).set('x', record);
    const [, , given] = calls[0] as [string, string, { cookie: { expires: Date; maxAge: number } }];
    expect(given).toMatchObject({ n: 1, cookie: { originalMaxAge: 60_000, path: '/' } });
    expect(given.cookie.expires).toEqual(new Date('2100-01-01T00:00:00.000Z'));
    expect(given.cookie.maxAge).toBeGreaterThan(60_000);
    expect(JSON.parse(JSON.stringify(given))).toEqual(record);
  });

  it('is a copy: a store may change its argument', async () => {
    const { store } = expressStore((_, callback) => callback());
    vi.spyOn(store, 'set').mockImplementation((...args: unknown[]) => {
      const [, given, callback] = args as [string, { cookie?: object }, Callback];
      delete given.cookie;
      callback();
    });
    await promisifyStore(store).set('x', record);
    expect(record.cookie).toBeDefined();
  });

  it('is called as its own method', async () => {
    class Counting {
      count = 0;
      get(_id: string, callback: Callback) {
        callback(null, { n: ++this.count });
      }
      set() {}
      destroy() {}
    }
    expect(await promisifyStore(new Counting()).get('x')).toEqual({ n: 1 });
  });
});

it('a store without touch stays without', () => {
  const { store } = expressStore(() => {});
  const { touch: _, ...three } = store;
  expect(promisifyStore(three, { expiry: 'store' })).not.toHaveProperty('touch');
});

it('the dates in the records decide, unless the store is said to keep the time', () => {
  const { store } = expressStore(() => {});
  expect(promisifyStore(store).expiry).toBe('record');
  expect(promisifyStore(store, { expiry: 'store' }).expiry).toBe('store');
});

describe('an ID that is none', () => {
  it.each(['../x', 'a/b', 'a\\b', '', 'x'.repeat(257), 'a b', '..', 'a\0'])(
    '%j never reaches the store',
    async (id) => {
      const { store, calls } = expressStore((_, callback) => callback(null, record));
      for (const expiry of ['record', 'store'] as const) {
        const wrapped = promisifyStore(store, { expiry });
        expect(await wrapped.get(id)).toBeNull();
        await wrapped.destroy(id);
        await wrapped.touch?.(id, record);
        await expect(wrapped.set(id, record)).rejects.toMatchObject({ code: 'ERR_SESSION_ID' });
      }
      expect(calls).toEqual([]);
    },
  );
});

describe('a record that has expired', () => {
  const expired = { n: 1, cookie: { originalMaxAge: 60_000, expires: '2001-01-01T00:00:00.000Z' } };

  it('is removed and not returned, whatever the store thinks of it', async () => {
    const { store, calls } = expressStore((_, callback) => callback(null, expired));
    expect(await promisifyStore(store).get('x')).toBeNull();
    expect(calls).toEqual([
      ['get', 'x'],
      ['destroy', 'x'],
    ]);
  });

  it('is returned where the store keeps the time: touch moves another date', async () => {
    const { store } = expressStore((_, callback) => callback(null, expired));
    expect(await promisifyStore(store, { expiry: 'store' }).get('x')).toEqual(expired);
  });

  it('whose date is an object is left to the session to judge: no record makes a read throw', async () => {
    const hostile = { cookie: { expires: { toString: [] } } };
    const { store } = expressStore((_, callback) => callback(null, hostile));
    expect(await promisifyStore(store).get('x')).toEqual(hostile);
  });

  it('is removed by set', async () => {
    const { store, calls } = expressStore((_, callback) => callback());
    await promisifyStore(store).set('x', expired);
    expect(calls).toEqual([['destroy', 'x']]);
  });
});

describe('touch', () => {
  it('of a store that keeps the time is its own', async () => {
    const { store, calls } = expressStore((_, callback) => callback());
    await promisifyStore(store, { expiry: 'store' }).touch?.('x', record);
    expect(calls).toMatchObject([['touch', 'x', { cookie: { originalMaxAge: 60_000 } }]]);
  });

  it('is not there where the record keeps the time: that of many stores leaves its date alone', () => {
    expect(promisifyStore(expressStore(() => {}).store)).not.toHaveProperty('touch');
  });
});

it('what session-file-store adds is no data', async () => {
  const { store } = expressStore((_, callback) => callback(null, { ...record, __lastAccess: 1 }));
  expect(await promisifyStore(store).get('x')).toEqual(record);
});
