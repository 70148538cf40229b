import { describe, expect, it, vi } from 'vitest';
import { storeName } from '../../store-contract/store.js';
import { promisifyStore } from './promisify-store.js';

type Callback = (error?: unknown, result?: unknown) => void;

const record = { n: 1, cookie: { originalMaxAge: 60_000, expires: '2100-01-01T00:00:00.000Z', path: '/' } };

/** Makes a store of express-session that answers in the given way, and the list of its calls. */
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
] as const)('a store with %s', (_, style) => {
  it('returns the record', async () => {
    const { store } = expressStore(style(record));
    expect(await promisifyStore(store).get('x')).toEqual(record);
  });

  it.each([null, undefined])(
    'returns null for a missing session, if the store answers %j',
    async (missing) => {
      const { store } = expressStore(style(missing));
      expect(await promisifyStore(store).get('x')).toBeNull();
    },
  );
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
  ])('from %s reach the caller', async (_, answer) => {
    const store = promisifyStore(expressStore(answer).store, { expiry: 'store' });
    await expect(store.get('x')).rejects.toThrow('down');
    await expect(store.set('x', record)).rejects.toThrow('down');
    await expect(store.destroy('x')).rejects.toThrow('down');
    await expect(store.touch?.('x', record)).rejects.toThrow('down');
  });

  it('of a database whose socket is gone reach the caller: it is no missing session', async () => {
    const away = Object.assign(new Error('connect ENOENT'), { code: 'ENOENT', syscall: 'connect' });
    const store = promisifyStore(expressStore((_, callback) => callback(away)).store);
    await expect(store.get('x')).rejects.toBe(away);
    await expect(store.destroy('x')).rejects.toBe(away);
  });

  it('after the first answer are ignored', async () => {
    const { store } = expressStore((_, callback) => {
      callback(null, record);
      callback(new Error('again'));
      return Promise.reject(new Error('and again'));
    });
    expect(await promisifyStore(store).get('x')).toEqual(record);
  });

  it('with the code ENOENT mean a missing session, as session-file-store reports it', async () => {
    const missing = Object.assign(new Error('no such file'), { code: 'ENOENT' });
    const store = promisifyStore(expressStore((_, callback) => callback(missing)).store, {
      expiry: 'store',
    });
    expect(await store.get('x')).toBeNull();
    await store.destroy('x');
    await store.touch?.('x', record);
  });

  it('of a touch are ignored if the session is missing, as connect-mongo reports it', async () => {
    const { store } = expressStore((method, callback) =>
      method === 'touch' ? callback(new Error('Unable to find the session to touch')) : callback(null, null),
    );
    await promisifyStore(store, { expiry: 'store' }).touch?.('x', record);
  });
});

describe('the wrapped store', () => {
  it('gets a cookie as express-session makes it: a Date, originalMaxAge and a maxAge getter', async () => {
    const { store, calls } = expressStore((_, callback) => callback());
    await promisifyStore(store).set('x', record);
    const [, , given] = calls[0] as [string, string, { cookie: { expires: Date; maxAge: number } }];
    expect(given).toMatchObject({ n: 1, cookie: { originalMaxAge: 60_000, path: '/' } });
    expect(given.cookie.expires).toEqual(new Date('2100-01-01T00:00:00.000Z'));
    expect(given.cookie.maxAge).toBeGreaterThan(60_000);
    expect(JSON.parse(JSON.stringify(given))).toEqual(record);
  });

  it('gets a copy of the record, which it may change', async () => {
    const { store } = expressStore((_, callback) => callback());
    vi.spyOn(store, 'set').mockImplementation((...args: unknown[]) => {
      const [, given, callback] = args as [string, { cookie?: object }, Callback];
      delete given.cookie;
      callback();
    });
    await promisifyStore(store).set('x', record);
    expect(record.cookie).toBeDefined();
  });

  it('is called as the `this` of its methods', async () => {
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

it('a store without touch gets none', () => {
  const { store } = expressStore(() => {});
  const { touch: _, ...three } = store;
  expect(promisifyStore(three, { expiry: 'store' })).not.toHaveProperty('touch');
});

it('the date in the record decides, unless expiry is `store`', () => {
  const { store } = expressStore(() => {});
  expect(promisifyStore(store).expiry).toBe('record');
  expect(promisifyStore(store, { expiry: 'store' }).expiry).toBe('store');
});

describe('a malformed ID', () => {
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

describe('an expired record', () => {
  const expired = { n: 1, cookie: { originalMaxAge: 60_000, expires: '2001-01-01T00:00:00.000Z' } };

  it('is deleted and not returned, even if the store still returns it', async () => {
    const { store, calls } = expressStore((_, callback) => callback(null, expired));
    expect(await promisifyStore(store).get('x')).toBeNull();
    expect(calls).toEqual([
      ['get', 'x'],
      ['destroy', 'x'],
    ]);
  });

  it('is deleted before a later write under its ID: a pool of connections may run that first', async () => {
    const done: string[] = [];
    const { store } = expressStore((method, callback) => {
      if (method === 'get') return callback(null, expired);
      const ms = method === 'destroy' ? 20 : 0;
      setTimeout(() => {
        done.push(method);
        callback();
      }, ms);
    });
    const wrapped = promisifyStore(store);
    expect(await Promise.all([wrapped.get('x'), wrapped.get('x')])).toEqual([null, null]);
    await wrapped.set('x', record);
    expect(done).toEqual(['destroy', 'set']);
  });

  it('is returned if expiry is `store`: touch moves another date', async () => {
    const { store } = expressStore((_, callback) => callback(null, expired));
    expect(await promisifyStore(store, { expiry: 'store' }).get('x')).toEqual(expired);
  });

  it('whose date is an object is returned for the session to judge: a read never throws', async () => {
    const hostile = { cookie: { expires: { toString: [] } } };
    const { store } = expressStore((_, callback) => callback(null, hostile));
    expect(await promisifyStore(store).get('x')).toEqual(hostile);
  });

  it('is deleted by set', async () => {
    const { store, calls } = expressStore((_, callback) => callback());
    await promisifyStore(store).set('x', expired);
    expect(calls).toEqual([['destroy', 'x']]);
  });
});

describe('touch', () => {
  it('is the store’s own if expiry is `store`', async () => {
    const { store, calls } = expressStore((_, callback) => callback());
    await promisifyStore(store, { expiry: 'store' }).touch?.('x', record);
    expect(calls).toMatchObject([['touch', 'x', { cookie: { originalMaxAge: 60_000 } }]]);
  });

  it('is missing if expiry is `record`: the touch of many stores does not move the record’s date', () => {
    expect(promisifyStore(expressStore(() => {}).store)).not.toHaveProperty('touch');
  });
});

it('the property that session-file-store adds is not data', async () => {
  const { store } = expressStore((_, callback) => callback(null, { ...record, __lastAccess: 1 }));
  expect(await promisifyStore(store).get('x')).toEqual(record);
});

describe('the name in spans, metrics and errors', () => {
  const nameOf = (Class: new () => object, options = {}) =>
    storeName(promisifyStore(Object.assign(new Class(), expressStore(() => {}).store), options));

  it('is the option, or the name of the class', () => {
    class PGStore {}
    expect(nameOf(PGStore, { name: 'connect-pg-simple' })).toBe('connect-pg-simple');
    expect(nameOf(PGStore)).toBe('PGStore');
  });

  it('is never what a bundler made of the name of the class', () => {
    expect(nameOf(class u {})).toBe('express-session store');
    expect(nameOf(class extends Object {})).toBe('express-session store');
    expect(nameOf(Object as never)).toBe('express-session store');
    class eT extends MapStore {}
    expect(storeName(new eT())).toBe('custom store');
    expect(storeName(new MapStore())).toBe('MapStore');
  });
});

class MapStore {
  get = () => null;
  set = () => {};
  destroy = () => {};
}
