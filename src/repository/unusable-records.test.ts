import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../events/session-event.js';
import { SessionError } from '../lib/errors.js';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import { jsonBytes } from '../record/record-size.js';
import { hashSessionId } from '../record/session-id.js';
import { Browser } from '../test-kits/browser.js';
import { KeepingStore, PlainStore, SpyStore } from '../test-kits/spy-store.js';

const LIMIT = 4096;

type Data = Record<string, unknown>;

const text = (length: number) => 'x'.repeat(length);
const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

/** The stores, each with what reads a record of it. */
const stores = {
  'a store that compares and swaps': () => {
    const store = new SpyStore();
    return { store, spy: store.spy, read: (key: string) => store.memory.get(key), hashed: true };
  },
  'a store that ends idle sessions itself': () => {
    const store = new KeepingStore();
    return { store, spy: store.spy, read: (key: string) => store.memory.get(key), hashed: true };
  },
  'a store of three methods': () => {
    const store = new PlainStore();
    const read = async (key: string) => JSON.parse(store.records.get(key) ?? 'null');
    return { store, spy: store.spy, read, hashed: false };
  },
};

function setUp(make: (typeof stores)[keyof typeof stores], options: Options<Data> = {}) {
  const { store, spy, read, hashed } = make();
  const events: SessionEvent[] = [];
  const session = (maxBytes: number | null) =>
    nextAppSession<Data>({
      secret: 'a secret',
      store,
      maxBytes,
      onEvent: (event) => events.push(event),
      ...options,
    });
  const browser = new Browser(session(LIMIT));
  /** The same visitor on a server without a limit. */
  const unlimited = new Browser(session(null));
  unlimited.cookies.clear();
  Object.assign(unlimited, { cookies: browser.cookies });
  const keyOf = async () => {
    const id = (await unlimited.visit((own) => own().id())).result ?? '';
    return hashed ? hashSessionId(id) : id;
  };
  /** What was told of, once it has been. */
  const told = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return events.splice(0);
  };
  return { store, spy, read, browser, unlimited, keyOf, told };
}

const tooLarge = { code: 'ERR_SESSION_DATA', message: expect.stringContaining('too large') };

describe.each(Object.entries(stores))('too large: on %s', (_, make) => {
  it('a write that makes a session too large throws, says how large, and changes nothing', async () => {
    const { browser, spy, read, keyOf } = setUp(make);
    await browser.visit((own) => own().set('user', 'ada'));
    // Reads may move the date.
    const stored = async () => ({ ...(await read(await keyOf())), cookie: null });
    const before = await stored();
    spy.reset();
    const { result, cookies } = await browser.visit(async (own) => {
      const refused = (write: Promise<void>) => expect(write).rejects.toMatchObject(tooLarge);
      await refused(own().set('note', text(LIMIT)));
      await refused(own().setAll({ note: text(LIMIT) }));
      await refused(own().update((data) => ({ ...data, note: text(LIMIT) })));
      await refused(own().regenerate((data) => ({ ...data, note: text(LIMIT) })));
      return own().all();
    });
    expect(result).toEqual({ user: 'ada' });
    expect(cookies).toEqual([]);
    expect(spy.calls.filter((call) => call !== 'get')).toEqual([]);
    expect(await stored()).toEqual(before);
  });

  it('a session that would be too large is not made', async () => {
    const { browser, spy } = setUp(make);
    const { cookies } = await browser.visit(async (own) => {
      const error = await own()
        .set('note', text(LIMIT))
        .catch((thrown: unknown) => thrown);
      expect(SessionError.is(error) && error.message).toMatch(
        /record would have 4\d\d\d bytes .* allows 4096/,
      );
      expect(String(error)).not.toContain('xxx');
    });
    expect(cookies).toEqual([]);
    expect(spy.calls).toEqual([]);
  });

  it('the limit is that of the whole record, in bytes of UTF-8', async () => {
    const { browser, read, keyOf } = setUp(make);
    const { result } = await browser.visit(async (own) => {
      let length = LIMIT / 3;
      for (; length > 0; length--) {
        const done = await own()
          .setAll({ a: '会'.repeat(length) })
          .then(
            () => true,
            () => false,
          );
        if (done) break;
      }
      return length;
    });
    const bytes = jsonBytes(await read(await keyOf()));
    expect(result).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(LIMIT);
    expect(bytes).toBeGreaterThan(LIMIT - 16);
  });

  it('one that is too large already is read, made smaller, touched and given a new ID, and not made larger', async () => {
    const { browser, unlimited } = setUp(make);
    await unlimited.visit((own) => own().setAll({ note: text(2 * LIMIT), user: 'ada' }));
    await browser.visit(async (own) => {
      expect(await own().get('note')).toHaveLength(2 * LIMIT);
      await expect(own().set('n', 1)).rejects.toMatchObject(tooLarge);
      await own().touch();
      await own().regenerate();
      await own().set('note', text(2 * LIMIT - 1));
      await own().set('user', 'eve');
      await own().destroy('user');
    });
    await browser.visit(async (own) => {
      expect(await own().all()).toEqual({ note: text(2 * LIMIT - 1) });
      await own().set('note', 'short');
      await own().set('user', 'ada');
      expect(await own().all()).toEqual({ note: 'short', user: 'ada' });
    });
  });

  it('one of more than eight times the limit is no session, and is told of', async () => {
    const { browser, unlimited, told } = setUp(make);
    await unlimited.visit((own) => own().set('note', text(8 * LIMIT)));
    await told();
    expect((await browser.visit((own) => own().all())).result).toEqual({});
    const events = await told();
    expect(events).toContainEqual({ type: 'record_rejected', reason: 'too_large' });
    expect(events).toContainEqual(expect.objectContaining({ operation: 'get', outcome: 'rejected' }));
  });

  it('a limit of null lets everything through', async () => {
    const { unlimited } = setUp(make);
    await unlimited.visit((own) => own().set('note', text(2_000_000)));
    expect((await unlimited.visit((own) => own().get('note'))).result).toHaveLength(2_000_000);
  });
});

it('the limit is 1 MiB by default', async () => {
  const browser = new Browser(nextAppSession<Data>({ secret: 'a secret', store: new SpyStore() }));
  await browser.visit(async (own) => {
    await own().set('note', text(2 ** 20 - 500));
    await expect(own().set('more', text(500))).rejects.toMatchObject(tooLarge);
  });
});

it('revocation finds a session that is too large to be read, and deletes it', async () => {
  const { store, unlimited, keyOf } = setUp(stores['a store that compares and swaps'], {
    user: (data) => data.user as string,
  });
  await unlimited.visit((own) => own().setAll({ user: 'ada', note: text(9 * LIMIT) }));
  const key = await keyOf();
  const limited = nextAppSession<Data>({
    secret: 'a secret',
    store,
    maxBytes: LIMIT,
    user: (data) => data.user as string,
  });
  expect(await limited.user('ada').list()).toEqual([]);
  expect(await limited.user('ada').revokeAll()).toBe(1);
  expect(await store.get(key)).toBeNull();
});

describe('deep JSON', () => {
  const DEEP = 100_000;

  it.each(Object.entries(stores))('that an app sets throws, and is not written: %s', async (_, make) => {
    const { browser } = setUp(make);
    const tooDeep = { code: 'ERR_SESSION_DATA', message: expect.stringContaining('nests too deep') };
    await browser.visit(async (own) => {
      await own().set('user', 'ada');
      for (const levels of [501, 3000, DEEP]) {
        await expect(own().set('tree', nested(levels))).rejects.toMatchObject(tooDeep);
        await expect(own().setAll({ tree: nested(levels) })).rejects.toMatchObject(tooDeep);
        await expect(own().update(() => ({ tree: nested(levels) }))).rejects.toMatchObject(tooDeep);
      }
      await own().set('tree', nested(500));
      expect(await own().get('tree')).toEqual(nested(500));
    });
  });

  it('that is stored is no session, and is told of', async () => {
    const { store, browser, unlimited, keyOf, told } = setUp(() => {
      const plain = new PlainStore();
      return { store: plain, spy: plain.spy, read: async () => null, hashed: false };
    });
    await unlimited.visit((own) => own().set('user', 'ada'));
    const key = await keyOf();
    const deep = '['.repeat(DEEP) + ']'.repeat(DEEP);
    (store as PlainStore).records.set(key, `{"tree":${deep},"user":"ada"}`);
    await told();
    for (const visitor of [browser, unlimited]) {
      const { result } = await visitor.visit(async (own) => [
        await own().all(),
        await own().get('tree'),
        await own().info(),
      ]);
      expect(result).toEqual([{}, null, null]);
      expect((await told()).at(-1)).toEqual({
        type: 'record_rejected',
        reason: 'unreadable',
      });
    }
  });
});

describe('a record that cannot be read', () => {
  /** A visitor whose record is garbage. */
  async function garbage() {
    const kit = setUp(stores['a store of three methods']);
    await kit.unlimited.visit((own) => own().set('user', 'ada'));
    const key = await kit.keyOf();
    const { records } = kit.store as PlainStore;
    records.set(key, '"garbage"');
    await kit.told();
    return { ...kit, key, records };
  }

  it('is no session, and is told of', async () => {
    const { browser, told } = await garbage();
    expect((await browser.visit((own) => own().all())).result).toEqual({});
    expect(await told()).toEqual([
      expect.objectContaining({ operation: 'get', outcome: 'rejected' }),
      { type: 'record_rejected', reason: 'unreadable' },
    ]);
  });

  it('is not overwritten: the next write makes a session with a new ID', async () => {
    const { browser, key, records } = await garbage();
    const { cookies } = await browser.visit((own) => own().set('n', 1));
    expect(cookies).toHaveLength(1);
    expect(records.get(key)).toBe('"garbage"');
    expect(records.size).toBe(2);
    expect((await browser.visit((own) => own().all())).result).toEqual({ n: 1 });
  });

  it.each([
    ['read before', true],
    ['not read before', false],
  ])('is deleted by a sign-out, and no session is told to have ended: %s', async (_, isRead) => {
    const { browser, records, told } = await garbage();
    const { cookies } = await browser.visit(async (own) => {
      if (isRead) await own().get('user');
      await own().destroy();
    });
    expect(records.size).toBe(0);
    expect(cookies).toMatchObject([
      { name: 'sid', attributes: { expires: 'Thu, 01 Jan 1970 00:00:00 GMT' } },
    ]);
    expect((await told()).map(({ type }) => type)).not.toContain('destroyed');
  });

  it('is what a store says by ERR_SESSION_DATA; any other error makes the request fail', async () => {
    const { browser, spy } = await garbage();
    spy.fail('get', new SessionError('ERR_SESSION_DATA', 'It cannot be read.'));
    expect((await browser.visit((own) => own().all())).result).toEqual({});
    spy.fail('get', new SyntaxError('Unexpected token <'));
    await expect(browser.visit((own) => own().all())).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
  });
});
