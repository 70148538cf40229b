import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionEvent } from '../events/session-event.js';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import { hashSessionId } from '../record/session-id.js';
import { callOptions } from '../store-contract/store.js';
import { MemoryStore } from '../stores/memory/memory-store.js';
import { Browser } from '../test-kits/browser.js';
import { PlainStore, SlidingStore, SpyStore } from '../test-kits/spy-store.js';

type Data = { cart?: number[]; user?: string; admin?: boolean };

const GONE = { code: 'ERR_SESSION_GONE' };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A visitor with a cart, somebody else with the same cookie, and what they see. */
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

/** What an app is told, once it has been told all. */
function listener() {
  const told: SessionEvent[] = [];
  const events = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return told;
  };
  return { events, onEvent: (event: SessionEvent) => void told.push(event) };
}

describe('after regenerate, the old ID', () => {
  it('shows for five seconds what the session was before, and then nothing', async () => {
    const { all, signIn, store } = await setUp();
    await signIn();
    expect(await all()).toEqual({ cart: [1] });
    vi.advanceTimersByTime(4999);
    expect(await all()).toEqual({ cart: [1] });
    vi.advanceTimersByTime(1);
    expect(await all()).toEqual({});
    expect(await store.memory.users.list('', callOptions())).toEqual([]);
  });

  it('shows it no longer on a store that keeps the time itself, however often it is read', async () => {
    const { all, signIn } = await setUp({ store: new SlidingStore() });
    await signIn();
    for (let second = 0; second < 5; second++) {
      expect(await all()).toEqual({ cart: [1] });
      vi.advanceTimersByTime(1000);
    }
    expect(await all()).toEqual({});
  });

  it('does not see what is written to the new one', async () => {
    const { all, browser, signIn } = await setUp();
    await signIn();
    await browser.visit((own) => own().set('cart', [1, 2]));
    expect(await all()).toEqual({ cart: [1] });
    expect(await all(browser)).toEqual({ cart: [1, 2], user: 'ada' });
  });

  it('is no longer kept by being used', async () => {
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

  it('is not refreshed by touch, and tells when it ends', async () => {
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

  it('is ended by its own destroy, which leaves the new cookie and the new session alone', async () => {
    const { old, signIn, browser, all } = await setUp();
    await signIn();
    const { cookies } = await old.visit((own) => own().destroy());
    expect(cookies).toEqual([]);
    expect(await all()).toEqual({});
    expect(await all(browser)).toEqual({ cart: [1], user: 'ada' });
  });

  it.each(['after a read', 'without one'])('is ended by the destroy of the new session, %s', async (how) => {
    const { signIn, browser, all } = await setUp();
    await signIn();
    await browser.visit(async (own) => {
      if (how === 'after a read') await own().get('user');
      await own().destroy();
    });
    expect(await all()).toEqual({});
  });

  it('and the one before it are both ended by that', async () => {
    const { session, signIn, browser, all } = await setUp();
    await signIn();
    const second = new Browser(session, Object.fromEntries(browser.cookies));
    await browser.visit((own) => own().regenerate((data) => ({ ...data, admin: true })));
    expect(await all()).toEqual({ cart: [1] });
    expect(await all(second)).toEqual({ cart: [1], user: 'ada' });
    await browser.visit((own) => own().destroy());
    expect([await all(), await all(second)]).toEqual([{}, {}]);
  });

  it.each(['a read', 'nothing'])('cannot be taken for a session that ended, after %s', async (first) => {
    const { old, signIn, browser, all } = await setUp();
    await signIn();
    const { cookies } = await old.visit(async (own) => {
      if (first === 'a read') await own().all();
      await expect(own().set('cart', [9])).rejects.toMatchObject(GONE);
      // As an app does that treats the visitor as signed out. The browser may have the new cookie by now.
      await own().destroy();
      await expect(own().set('cart', [9])).rejects.toMatchObject(GONE);
    });
    expect(cookies).toEqual([]);
    expect(await all(browser)).toEqual({ cart: [1], user: 'ada' });
  });

  it('is removed with the new session though its record took long to write', async () => {
    const { store, browser, signIn, all } = await setUp();
    store.spy.before('set', async () => void vi.advanceTimersByTime(3000));
    await signIn();
    vi.advanceTimersByTime(1000);
    expect(await all()).toEqual({ cart: [1] });
    vi.advanceTimersByTime(1500);
    expect(await all()).toEqual({});
    await browser.visit((own) => own().destroy());
    expect(store.spy.calls.at(-2)).toBe('destroy');
  });

  it('is removed with the new session by a server whose clock is ahead', async () => {
    const { session, browser, signIn, all } = await setUp();
    await signIn();
    vi.advanceTimersByTime(30_000);
    await browser.visit((own) => own().destroy());
    vi.setSystemTime(Date.now() - 30_000);
    expect(await all()).toEqual({});
    expect(await all(new Browser(session, Object.fromEntries(browser.cookies)))).toEqual({});
  });

  it('shows nothing of the new one in the record that is left of it', async () => {
    const { signIn, browser, old, store } = await setUp();
    await signIn();
    const id = (await browser.visit((own) => own().id())).result ?? '';
    const oldId = (await old.visit((own) => own().id())).result ?? '';
    const left = JSON.stringify(await store.memory.get(hashSessionId(oldId)));
    expect(left).toContain('"frozen":true');
    expect(left).not.toContain(id);
    expect(left).not.toContain(hashSessionId(id));
    expect(left).not.toContain('ada');
  });
});

describe('a sign-out by a request whose session moved meanwhile ends what is left of the old ID, and no more', () => {
  it.each<[string, Partial<Options<Data>>]>([
    ['a copy', {}],
    ['nothing', { regenerateGrace: 0 }],
    ['nothing, on a store of plain IDs', { hashIds: false }],
  ])('where that is %s', async (_, options) => {
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

  it('where it read a copy that is gone by now', async () => {
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

  it('where a write told it so', async () => {
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

it('a write with the old ID is no end of the session', async () => {
  const { events, onEvent } = listener();
  const { old, signIn } = await setUp({ onEvent });
  await signIn();
  await old.visit((own) => expect(own().set('cart', [9])).rejects.toMatchObject(GONE));
  expect((await events()).filter(({ type }) => type === 'destroyed')).toEqual([]);
});

it('a planted ID never reads a signed-in session', async () => {
  const { session } = await setUp();
  // The attacker has a session of their own, and puts its cookie into the victim's browser.
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
    // Past the grace it is an unknown ID, and a write begins a session of the attacker's own.
    if (step < 5) expect(cookies).toEqual([]);
    vi.advanceTimersByTime(1000);
  }
  expect((await victim.visit((own) => own().all())).result).toEqual({ cart: [666], user: 'ada' });
});

it.each(['set', 'update', 'setAll'] as const)(
  'a planted ID reads none where the sign-in is written by %s before the move',
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
  'a planted ID reads none where the write before the move took effect, and seemed to fail: %s',
  async (failure) => {
    const { session, all, store } = await setUp({ storeTimeout: 0.05 });
    const attacker = new Browser(session);
    await attacker.visit((own) => own().set('cart', [666]));
    const victim = new Browser(session, Object.fromEntries(attacker.cookies));
    await victim.visit(async (own) => {
      vi.spyOn(store.atomic, 'swap').mockImplementationOnce(async (...args) => {
        await store.memory.atomic.swap(...args);
        if (failure === 'down') throw new Error(failure);
        return new Promise(() => {});
      });
      await expect(own().set('user', 'ada')).rejects.toThrow();
      await own().regenerate();
    });
    expect(await all(attacker)).toEqual({});
    expect(await all(victim)).toMatchObject({ user: 'ada' });
  },
);

it('an ID that a request made and replaced itself leaves nothing: nobody has it', async () => {
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

it('a write that another request made needless sends no cookie', async () => {
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

it('a write that changes nothing leaves the grace as it is', async () => {
  const { browser, all } = await setUp();
  await browser.visit(async (own) => {
    await own().destroy('admin');
    await own().regenerate();
  });
  expect(await all()).toEqual({ cart: [1] });
});

it('a session that moves on again and again leaves eight copies at the most, and destroys them all', async () => {
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

describe('the option', () => {
  it('says how long', async () => {
    const { all, signIn } = await setUp({ regenerateGrace: 30 });
    await signIn();
    vi.advanceTimersByTime(29_999);
    expect(await all()).toEqual({ cart: [1] });
    vi.advanceTimersByTime(1);
    expect(await all()).toEqual({});
  });

  it('0 turns it off: the old ID is dead at once', async () => {
    const { all, signIn, store } = await setUp({ regenerateGrace: 0 });
    store.spy.reset();
    await signIn();
    expect(store.spy.calls).toEqual(['get', 'set', 'set']);
    expect(await all()).toEqual({});
  });

  it.each([-1, 61, Number.NaN, '5' as unknown as number])('%j throws', (regenerateGrace) => {
    expect(() => nextAppSession({ regenerateGrace })).toThrow(/regenerateGrace/);
  });
});

describe('there is none', () => {
  it.each<[string, Data]>([
    ['to another user', { user: 'bob' }],
    ['to nobody', {}],
  ])('where the session passes from its user %s', async (_, next) => {
    const { browser, session, signIn, all } = await setUp({ user: (data) => data.user });
    await signIn();
    const old = new Browser(session, Object.fromEntries(browser.cookies));
    await browser.visit((own) => own().regenerate(() => next));
    expect(await all(old)).toEqual({});
    expect(await all(browser)).toEqual(next);
  });

  it('past the end of the session', async () => {
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

  it('where records are shared with others, who could write to it', async () => {
    const { all, signIn } = await setUp({ hashIds: false });
    await signIn();
    expect(await all()).toEqual({});
  });
});

it('a move that fails halfway leaves the visitor with the old session, as it was', async () => {
  const { store, browser, signIn, all } = await setUp();
  let writes = 0;
  vi.spyOn(store.atomic, 'swap').mockImplementation((...args) =>
    ++writes === 2 ? Promise.reject(new Error('down')) : store.memory.atomic.swap(...args),
  );
  await expect(signIn()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
  vi.restoreAllMocks();
  expect(await all(browser)).toEqual({ cart: [1] });
  await browser.visit((own) => own().set('cart', [2]));
  expect(await all()).toEqual({ cart: [2] });
});

it('a record does not carry its old IDs for longer than they last', async () => {
  const store = new MemoryStore();
  const { browser, signIn } = await setUp({ store, name: 'grace-left' });
  await signIn();
  const record = async () => {
    const id = (await browser.visit((own) => own().id())).result ?? '';
    return JSON.stringify(await store.get(hashSessionId(id)));
  };
  expect(await record()).toContain('predecessors');
  // And a minute, by which the clocks of two servers may differ.
  vi.advanceTimersByTime(65_000);
  await browser.visit((own) => own().set('cart', [2]));
  expect(await record()).not.toContain('predecessors');
});
