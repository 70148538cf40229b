import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionEvent } from '../events/session-event.js';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import { hashSessionId } from '../record/session-id.js';
import { MemoryStore } from '../stores/memory/memory-store.js';
import { Browser } from '../test-kits/browser.js';
import { KeepingStore, PlainStore, REFUSAL, SpyStore } from '../test-kits/spy-store.js';

type Data = { cart?: number[]; user?: string; admin?: boolean };

const GONE = { code: 'ERR_SESSION_GONE' };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Sets up a visitor with a cart, and a second browser that keeps the visitor's first cookie. */
async function setUp(options: Partial<Options<Data>> = {}) {
  const store = new SpyStore();
  const session = nextAppSession<Data>({ name: 'grace', secret: 'a secret', store, ...options });
  const browser = new Browser(session);
  await browser.visit((own) => own().setAll({ cart: [1] }));
  const old = new Browser(session, Object.fromEntries(browser.cookies));
  const all = (of = old) => of.visit((own) => own().all()).then(({ result }) => result);
  const signIn = () => browser.visit((own) => own().regenerate((data) => ({ ...data, user: 'ada' })));
  return { store, session, browser, old, all, signIn };
}

/** Collects what `onEvent` is told. `events()` waits for what is still under way. */
function listener() {
  const told: SessionEvent[] = [];
  const events = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return told;
  };
  return { events, onEvent: (event: SessionEvent) => void told.push(event) };
}

describe('after regenerate, the old ID', () => {
  it('shows the session as it was for five seconds, and then nothing', async () => {
    const { all, signIn } = await setUp();
    await signIn();
    expect(await all()).toEqual({ cart: [1] });
    vi.advanceTimersByTime(4999);
    expect(await all()).toEqual({ cart: [1] });
    vi.advanceTimersByTime(1);
    expect(await all()).toEqual({});
  });

  it('shows it no longer on a store that ends idle sessions, however often it is read', async () => {
    const { all, signIn } = await setUp({ store: new KeepingStore() });
    await signIn();
    for (let second = 0; second < 5; second++) {
      expect(await all()).toEqual({ cart: [1] });
      vi.advanceTimersByTime(1000);
    }
    expect(await all()).toEqual({});
  });

  it('does not show what is written under the new ID', async () => {
    const { all, browser, signIn } = await setUp();
    await signIn();
    await browser.visit((own) => own().set('cart', [1, 2]));
    expect(await all()).toEqual({ cart: [1] });
    expect(await all(browser)).toEqual({ cart: [1, 2], user: 'ada' });
  });

  it('is not kept alive by reads', async () => {
    const { all, signIn } = await setUp();
    await signIn();
    for (let second = 0; second < 5; second++) {
      expect(await all()).toEqual({ cart: [1] });
      vi.advanceTimersByTime(1000);
    }
    expect(await all()).toEqual({});
  });

  it('cannot be written: each write throws, and sets no cookie', async () => {
    const { old, signIn, browser, all } = await setUp();
    await signIn();
    for (const read of [true, false]) {
      const { cookies } = await old.visit(async (own) => {
        if (read) expect(await own().get('cart')).toEqual([1]);
        await expect(own().set('cart', [9])).rejects.toMatchObject(GONE);
        await expect(own().update((data) => data)).rejects.toMatchObject(GONE);
        await expect(own().destroy('cart')).rejects.toMatchObject(GONE);
        await expect(own().regenerate()).rejects.toMatchObject(GONE);
      });
      expect(cookies).toEqual([]);
    }
    expect(await all(browser)).toEqual({ cart: [1], user: 'ada' });
  });

  it('is not kept alive by touch(), and info() says when it ends', async () => {
    const { old, signIn } = await setUp();
    await signIn();
    const endsAt = Date.now() + 5000;
    vi.advanceTimersByTime(2000);
    const { cookies, result } = await old.visit(async (own) => {
      await own().touch({ maxAge: 3600 });
      return own().info();
    });
    expect(cookies).toEqual([]);
    expect(result).toMatchObject({ expiresAt: endsAt, isNew: false });
  });

  it('ends by its own destroy(), which leaves the new cookie and the new session alone', async () => {
    const { old, signIn, browser, all } = await setUp();
    await signIn();
    const { cookies } = await old.visit((own) => own().destroy());
    expect(cookies).toEqual([]);
    expect(await all()).toEqual({});
    expect(await all(browser)).toEqual({ cart: [1], user: 'ada' });
  });

  it.each(['after a read', 'without a read'])('ends by the destroy() of the new session, %s', async (how) => {
    const { signIn, browser, all } = await setUp();
    await signIn();
    await browser.visit(async (own) => {
      if (how === 'after a read') await own().get('user');
      await own().destroy();
    });
    expect(await all()).toEqual({});
  });

  it('and the old ID before it both end by the destroy() of the new session', async () => {
    const { session, signIn, browser, all } = await setUp();
    await signIn();
    const second = new Browser(session, Object.fromEntries(browser.cookies));
    await browser.visit((own) => own().regenerate((data) => ({ ...data, admin: true })));
    expect(await all()).toEqual({ cart: [1] });
    expect(await all(second)).toEqual({ cart: [1], user: 'ada' });
    await browser.visit((own) => own().destroy());
    expect([await all(), await all(second)]).toEqual([{}, {}]);
  });

  it.each(['after a read', 'without a read'])('creates no session after destroy(), %s', async (how) => {
    const { old, signIn, browser, all } = await setUp();
    await signIn();
    const { cookies } = await old.visit(async (own) => {
      if (how === 'after a read') await own().all();
      await expect(own().set('cart', [9])).rejects.toMatchObject(GONE);
      // An app that treats the visitor as signed out does this. The browser may have the new cookie by now.
      await own().destroy();
      await expect(own().set('cart', [9])).rejects.toMatchObject(GONE);
    });
    expect(cookies).toEqual([]);
    expect(await all(browser)).toEqual({ cart: [1], user: 'ada' });
  });

  it('is deleted with the new session, even if that took long to write', async () => {
    const { store, browser, signIn, all } = await setUp();
    store.spy.before('set', async () => void vi.advanceTimersByTime(3000));
    await signIn();
    vi.advanceTimersByTime(1000);
    expect(await all()).toEqual({ cart: [1] });
    vi.advanceTimersByTime(1500);
    expect(await all()).toEqual({});
    await browser.visit((own) => own().destroy());
    // It read the copy, which had ended, and deleted the session.
    expect(store.spy.calls.slice(-3)).toEqual(['get', 'get', 'set']);
  });

  it('is deleted with the new session by a server whose clock is ahead', async () => {
    const { session, browser, signIn, all } = await setUp();
    await signIn();
    vi.advanceTimersByTime(30_000);
    await browser.visit((own) => own().destroy());
    vi.setSystemTime(Date.now() - 30_000);
    expect(await all()).toEqual({});
    expect(await all(new Browser(session, Object.fromEntries(browser.cookies)))).toEqual({});
  });

  it('has a grace copy that holds nothing of the new session', async () => {
    const { signIn, browser, old, store } = await setUp();
    await signIn();
    const id = (await browser.visit((own) => own().id())).result ?? '';
    const oldId = (await old.visit((own) => own().id())).result ?? '';
    const copy = JSON.stringify(await store.memory.get(hashSessionId(oldId)));
    expect(copy).toContain('"superseded":true');
    expect(copy).not.toContain(id);
    expect(copy).not.toContain(hashSessionId(id));
    expect(copy).not.toContain('ada');
  });
});

describe('destroy() in a request whose session moved meanwhile ends only the grace copy', () => {
  it.each<[string, Partial<Options<Data>>]>([
    ['a grace copy', {}],
    ['no grace copy', { regenerateGrace: 0 }],
    ['no grace copy, on a store of plain IDs', { hashIds: false }],
  ])('with %s', async (_, options) => {
    const { events, onEvent } = listener();
    const { old, signIn, browser, all } = await setUp({ ...options, onEvent });
    const { cookies } = await old.visit(async (own) => {
      expect(await own().get('cart')).toEqual([1]);
      await signIn();
      await own().destroy();
    });
    expect(cookies).toEqual([]);
    expect([await all(), await all(browser)]).toEqual([{}, { cart: [1], user: 'ada' }]);
    expect((await events()).filter(({ type }) => type === 'destroyed')).toEqual([]);
  });

  it('after it read a grace copy that has expired by now', async () => {
    const { old, signIn, browser, all } = await setUp();
    await signIn();
    const { cookies } = await old.visit(async (own) => {
      expect(await own().get('cart')).toEqual([1]);
      vi.advanceTimersByTime(5000);
      await own().destroy();
      await expect(own().set('cart', [9])).rejects.toMatchObject(GONE);
    });
    expect(cookies).toEqual([]);
    expect(await all(browser)).toEqual({ cart: [1], user: 'ada' });
  });

  it('after its write threw ERR_SESSION_GONE', async () => {
    const { old, signIn, browser, all } = await setUp({ regenerateGrace: 0 });
    const { cookies } = await old.visit(async (own) => {
      await own().get('cart');
      await signIn();
      await expect(own().set('cart', [9])).rejects.toMatchObject(GONE);
      await own().destroy();
    });
    expect(cookies).toEqual([]);
    expect(await all(browser)).toEqual({ cart: [1], user: 'ada' });
  });
});

it('a write with the old ID sends no `destroyed` event', async () => {
  const { events, onEvent } = listener();
  const { old, signIn } = await setUp({ onEvent });
  await signIn();
  await old.visit((own) => expect(own().set('cart', [9])).rejects.toMatchObject(GONE));
  expect((await events()).filter(({ type }) => type === 'destroyed')).toEqual([]);
});

it('a planted ID never reads a signed-in session', async () => {
  const { session } = await setUp();
  // The attacker puts the cookie of their session into the victim's browser.
  const attacker = new Browser(session);
  await attacker.visit((own) => own().set('cart', [666]));
  const victim = new Browser(session, Object.fromEntries(attacker.cookies));
  await victim.visit((own) => own().regenerate((data) => ({ ...data, user: 'ada' })));
  for (let step = 0; step < 8; step++) {
    const { result, cookies } = await attacker.visit(async (own) => {
      const seen = await own().all();
      await own()
        .set('cart', [667])
        .catch(() => {});
      return seen;
    });
    expect(result).not.toHaveProperty('user');
    // After the grace period the ID is unknown, and a write creates a new session for the attacker.
    if (step < 5) expect(cookies).toEqual([]);
    vi.advanceTimersByTime(1000);
  }
  expect((await victim.visit((own) => own().all())).result).toEqual({ cart: [666], user: 'ada' });
});

it.each(['set', 'update', 'setAll'] as const)(
  'a planted ID reads nothing if %s signs in before regenerate()',
  async (how) => {
    const { session, all } = await setUp();
    const attacker = new Browser(session);
    await attacker.visit((own) => own().set('cart', [666]));
    const victim = new Browser(session, Object.fromEntries(attacker.cookies));
    await victim.visit(async (own) => {
      if (how === 'set') await own().set('user', 'ada');
      if (how === 'update') await own().update((data) => ({ ...data, user: 'ada' }));
      if (how === 'setAll') await own().setAll({ user: 'ada' });
      await own().regenerate();
    });
    expect(await all(attacker)).toEqual({});
    expect(await all(victim)).toMatchObject({ user: 'ada' });
  },
);

it.each(['down', 'ERR_SESSION_STORE_TIMEOUT'])(
  'a planted ID reads nothing if the write before regenerate() took effect and seemed to fail: %s',
  async (failure) => {
    const { session, all, store } = await setUp({ storeTimeout: failure === 'down' ? 5 : 0.05 });
    const attacker = new Browser(session);
    await attacker.visit((own) => own().set('cart', [666]));
    const victim = new Browser(session, Object.fromEntries(attacker.cookies));
    await victim.visit(async (own) => {
      vi.spyOn(store.atomic, 'swap').mockImplementationOnce(async (...args) => {
        await store.memory.atomic.swap(...args);
        if (failure === 'down') throw new Error(failure);
        return new Promise(() => {});
      });
      const write = own().set('user', 'ada');
      if (failure === 'down') await write;
      else await expect(write).rejects.toMatchObject({ code: failure });
      await own().regenerate();
    });
    expect(await all(attacker)).toEqual({});
    expect(await all(victim)).toMatchObject({ user: 'ada' });
  },
);

it('an ID that one request both created and replaced leaves no grace copy: no browser has it', async () => {
  const { browser, store } = await setUp();
  const { result: between = '' } = await browser.visit(async (own) => {
    await own().regenerate();
    const id = (await own().id()) ?? '';
    await own().regenerate();
    return id;
  });
  expect(between).not.toBe('');
  expect(await store.memory.get(hashSessionId(between))).toBeNull();
});

it('a write sends no cookie if another request has already made its change', async () => {
  const { browser, store, session } = await setUp({ cookie: { maxAge: 3600 } });
  vi.advanceTimersByTime(120_000);
  vi.spyOn(store.atomic, 'swap').mockImplementationOnce(async (id) => {
    const { cart: _, ...record } = (await store.memory.get(id)) ?? {};
    await store.memory.set(id, record);
    return null;
  });
  const { cookies } = await browser.visit((own) => own().destroy('cart'));
  expect(cookies).toEqual([]);
  expect(await new Browser(session, Object.fromEntries(browser.cookies)).visit((own) => own().all())).toEqual(
    {
      result: {},
      cookies: [],
    },
  );
});

it('a write that changes nothing before regenerate() leaves the grace period as it is', async () => {
  const { browser, all } = await setUp();
  await browser.visit(async (own) => {
    await own().destroy('admin');
    await own().regenerate();
  });
  expect(await all()).toEqual({ cart: [1] });
});

it('a session that moves ten times leaves eight grace copies, and destroy() ends them all', async () => {
  const { session, browser, all } = await setUp();
  const seen: Browser<Data>[] = [];
  for (let move = 0; move < 10; move++) {
    seen.push(new Browser(session, Object.fromEntries(browser.cookies)));
    await browser.visit((own) => own().regenerate((data) => ({ ...data, cart: [move] })));
  }
  const shown = await Promise.all(seen.map((old) => all(old)));
  expect(shown.filter(({ cart }) => cart)).toHaveLength(8);
  await browser.visit((own) => own().destroy());
  for (const old of seen) expect(await all(old)).toEqual({});
});

describe('the option regenerateGrace', () => {
  it('sets the grace period', async () => {
    const { all, signIn } = await setUp({ regenerateGrace: 30 });
    await signIn();
    vi.advanceTimersByTime(29_999);
    expect(await all()).toEqual({ cart: [1] });
    vi.advanceTimersByTime(1);
    expect(await all()).toEqual({});
  });

  it('turns it off with 0: the old ID ends at once', async () => {
    const { all, signIn, store } = await setUp({ regenerateGrace: 0 });
    store.spy.reset();
    await signIn();
    expect(store.spy.calls).toEqual(['get', 'set', 'set', 'destroy']);
    expect(await all()).toEqual({});
  });

  it.each([-1, 61, Number.NaN, '5' as unknown as number])('refuses %j', (regenerateGrace) => {
    expect(() => nextAppSession({ regenerateGrace })).toThrow(/regenerateGrace/);
  });
});

describe('there is no grace copy', () => {
  it.each<[string, Data]>([
    ['to another user', { user: 'bob' }],
    ['to nobody', {}],
  ])('if the session passes from its user %s', async (_, next) => {
    const { browser, session, signIn, all } = await setUp({ user: (data) => data.user });
    await signIn();
    const old = new Browser(session, Object.fromEntries(browser.cookies));
    await browser.visit((own) => own().regenerate(() => next));
    expect(await all(old)).toEqual({});
    expect(await all(browser)).toEqual(next);
  });

  it('after the end of the session', async () => {
    const { signIn, all } = await setUp({ idleTimeout: 2, regenerateGrace: 60 });
    await signIn();
    vi.advanceTimersByTime(1999);
    expect(await all()).toEqual({ cart: [1] });
    vi.advanceTimersByTime(1);
    expect(await all()).toEqual({});
  });

  it('on a store that cannot compare and swap', async () => {
    const { all, signIn } = await setUp({ store: new PlainStore() });
    await signIn();
    expect(await all()).toEqual({});
  });

  it('if other software shares the records, and could write to it', async () => {
    const { all, signIn } = await setUp({ hashIds: false });
    await signIn();
    expect(await all()).toEqual({});
  });
});

it('a regenerate() that fails halfway leaves the visitor with the old session, as it was', async () => {
  const { store, browser, signIn, all } = await setUp();
  let writes = 0;
  vi.spyOn(store.atomic, 'swap').mockImplementation((...args) =>
    ++writes === 2 ? Promise.reject(REFUSAL) : store.memory.atomic.swap(...args),
  );
  await expect(signIn()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
  vi.restoreAllMocks();
  expect(await all(browser)).toEqual({ cart: [1] });
  await browser.visit((own) => own().set('cart', [2]));
  expect(await all()).toEqual({ cart: [2] });
});

it('a record names its grace copies only while they last', async () => {
  const store = new MemoryStore();
  const { browser, signIn } = await setUp({ store, name: 'grace-left' });
  await signIn();
  const record = async () => {
    const id = (await browser.visit((own) => own().id())).result ?? '';
    return JSON.stringify(await store.get(hashSessionId(id)));
  };
  expect(await record()).toContain('copies');
  // They last a minute longer in the record, since the clocks of two servers may differ.
  vi.advanceTimersByTime(65_000);
  await browser.visit((own) => own().set('cart', [2]));
  expect(await record()).not.toContain('copies');
});
