import { describe, expect, it, vi } from 'vitest';
import { Browser } from '../test-kits/browser.js';
import { FRESH, held, isFresh, type Refresh, STALE, setUp, type Tokens } from '../test-kits/refresh.js';
import { PlainStore, REFUSAL } from '../test-kits/spy-store.js';

class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly error = 'invalid_grant';
}

const failure = (cause: object) => ({ code: 'ERR_SESSION_REFRESH', cause: expect.objectContaining(cause) });

describe('refresh calls nothing', () => {
  it('without a session, and gives null', async () => {
    const { session, store } = await setUp();
    const renew = vi.fn(async () => FRESH);
    const stranger = new Browser(session);
    const { result } = await stranger.visit((own) => own().refresh('tokens', { isFresh, renew }));
    expect(result).toBeNull();
    expect(renew).not.toHaveBeenCalled();
    expect(store.spy.calls).toEqual([]);
  });

  it('without the key, and gives null', async () => {
    const { browser, refresh } = await setUp();
    await browser.visit((own) => own().setAll({ cart: [1] }));
    const renew = vi.fn(async () => FRESH);
    expect(await refresh(renew)).toBeNull();
    expect(renew).not.toHaveBeenCalled();
  });

  it('for a value that is fresh: one read', async () => {
    const { browser, refresh, store } = await setUp();
    await browser.visit((own) => own().set('tokens', FRESH));
    store.spy.reset();
    const renew = vi.fn(async () => FRESH);
    expect(await refresh(renew)).toEqual(FRESH);
    expect(renew).not.toHaveBeenCalled();
    expect(store.spy.calls).toEqual(['get']);
  });
});

describe('a value that is not fresh', () => {
  it('is renewed and stored, with two writes and no cookie', async () => {
    const { browser, store } = await setUp();
    const renew = vi.fn(async () => FRESH);
    const { result, cookies } = await browser.visit(async (own) => {
      const tokens = await own().refresh('tokens', { isFresh, renew });
      expect(await own().get('tokens')).toEqual(FRESH);
      return tokens;
    });
    expect(result).toEqual(FRESH);
    expect(cookies).toEqual([]);
    expect(renew).toHaveBeenCalledExactlyOnceWith(STALE, { signal: expect.any(AbortSignal) });
    expect(store.spy.calls.filter((call) => call === 'set')).toHaveLength(2);
  });

  it('is renewed once for all who ask, in one request and in many', async () => {
    const { browser, refresh, read } = await setUp();
    const { renew, called, end } = held();
    const inOne = browser.visit((own) =>
      Promise.all(Array.from({ length: 5 }, () => own().refresh('tokens', { isFresh, renew }))),
    );
    const inMany = Promise.all(Array.from({ length: 20 }, () => refresh(renew)));
    await called;
    end();
    expect((await inOne).result).toEqual(Array(5).fill(FRESH));
    expect(await inMany).toEqual(Array(20).fill(FRESH));
    expect(renew).toHaveBeenCalledTimes(1);
    expect(await read()).toEqual({ tokens: FRESH });
  });

  it('is a copy for each', async () => {
    const { refresh, read } = await setUp();
    const [one, other] = await Promise.all([refresh(async () => FRESH), refresh(async () => FRESH)]);
    (one as Tokens).access = 'thief';
    expect(other).toEqual(FRESH);
    expect(await read()).toEqual({ tokens: FRESH });
  });

  it('is not given to another visitor, nor as another key', async () => {
    const { session, refresh } = await setUp();
    const other = new Browser(session);
    await other.visit((own) => own().setAll({ tokens: { ...STALE, access: 'of another' } }));
    const renew = vi.fn(async ({ access }: Tokens) => ({ ...FRESH, access: `${access}, renewed` }));
    const [own, another] = await Promise.all([
      refresh(renew),
      other.visit((its) => its().refresh('tokens', { isFresh, renew })),
    ]);
    expect(own?.access).toBe('old, renewed');
    expect(another.result?.access).toBe('of another, renewed');
  });

  it('is renewed again by the next call if it is still not fresh, and nobody waits for ever', async () => {
    const { refresh } = await setUp();
    const renew = vi.fn(async () => STALE);
    expect(await refresh(renew)).toEqual(STALE);
    expect(await refresh(renew)).toEqual(STALE);
    expect(renew).toHaveBeenCalledTimes(2);
  });

  it('is renewed once a process on a store without compare and swap', async () => {
    const { refresh, read } = await setUp({ store: new PlainStore() });
    const renew = vi.fn(async () => FRESH);
    expect(await Promise.all([refresh(renew), refresh(renew)])).toEqual([FRESH, FRESH]);
    expect(renew).toHaveBeenCalledTimes(1);
    expect(await read()).toEqual({ tokens: FRESH });
  });
});

describe('while renew runs', () => {
  it('other writes go on, and all of them survive', async () => {
    const { browser, refresh, read } = await setUp();
    const { renew, called, end } = held();
    const refreshing = refresh(renew);
    await called;
    await browser.visit((own) => own().set('cart', [1]));
    await browser.visit((own) => own().update((data) => void data.cart?.push(2)));
    await browser.visit(async (own) => {
      await own().set('user', 'ada');
      await own().reload();
    });
    end();
    expect(await refreshing).toEqual(FRESH);
    expect(await read()).toEqual({ tokens: FRESH, cart: [1, 2], user: 'ada' });
  });

  it('a write of the same request is not held up', async () => {
    const { browser } = await setUp();
    const { renew, called, end } = held();
    await browser.visit(async (own) => {
      const refreshing = own().refresh('tokens', { isFresh, renew });
      await called;
      await own().set('cart', [1]);
      end();
      await refreshing;
      expect(await own().all()).toEqual({ tokens: FRESH, cart: [1] });
    });
  });

  it.each([
    ['with a grace copy', {}],
    ['without one', { regenerateGrace: 0 }],
  ])('the session may get a new ID, %s', async (_, options) => {
    const { browser, session, refresh, read } = await setUp(options);
    const old = new Browser(session, Object.fromEntries(browser.cookies));
    const { renew, called, end } = held();
    const refreshing = refresh(renew);
    await called;
    await browser.visit((own) => own().regenerate((data) => ({ ...data, user: 'ada' })));
    await browser.visit((own) => own().regenerate());
    end();
    expect(await refreshing).toEqual(FRESH);
    expect(await read()).toEqual({ tokens: FRESH, user: 'ada' });
    const { result } = await old.visit((own) => own().all());
    expect(result).toEqual('regenerateGrace' in options ? {} : { tokens: STALE });
  });

  it('the old ID of a session that has moved meanwhile was not seen in the future', async () => {
    const { browser, session, refresh } = await setUp();
    const old = new Browser(session, Object.fromEntries(browser.cookies));
    const { renew, called, end } = held();
    const refreshing = refresh(renew);
    await called;
    await browser.visit((own) => own().regenerate());
    const { result } = await old.visit((own) => own().info());
    expect(result?.lastSeenAt).toBeLessThanOrEqual(Date.now());
    end();
    await refreshing;
  });

  it('a session that moves to another user keeps what is theirs', async () => {
    const { browser, refresh, read } = await setUp({ user: (data) => data.user });
    const { renew, called, end } = held();
    const refreshing = refresh(renew);
    await called;
    const theirs = { ...FRESH, access: 'of the new user' };
    await browser.visit((own) => own().regenerate(() => ({ user: 'ada', tokens: theirs })));
    end();
    expect(await refreshing).toEqual(FRESH);
    expect(await read()).toEqual({ user: 'ada', tokens: theirs });
  });

  it('a session that ends stays ended: ERR_SESSION_GONE', async () => {
    const { browser, session, refresh } = await setUp();
    const old = new Browser(session, Object.fromEntries(browser.cookies));
    const { renew, called, end } = held();
    const refreshing = refresh(renew);
    await called;
    await browser.visit((own) => own().destroy());
    end();
    await expect(refreshing).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
    expect((await old.visit((own) => own().all())).result).toEqual({});
  });

  it('a key that is removed stays removed: null', async () => {
    const { browser, refresh, read } = await setUp();
    const { renew, called, end } = held();
    const refreshing = refresh(renew);
    await called;
    await browser.visit((own) => own().destroy('tokens'));
    end();
    expect(await refreshing).toBeNull();
    expect(await read()).toEqual({});
  });

  it('a fresh value that somebody writes stays, and everybody gets it', async () => {
    const { browser, refresh, read } = await setUp();
    const { renew, called, end } = held();
    const refreshing = refresh(renew);
    await called;
    const signedIn = { ...FRESH, access: 'of a new sign-in' };
    await browser.visit((own) => own().set('tokens', signedIn));
    end();
    expect(await refreshing).toEqual(signedIn);
    expect(await read()).toEqual({ tokens: signedIn });
  });
});

describe('when renew fails', () => {
  it('everybody who waited gets its name and code, and the next call tries again', async () => {
    const { refresh, read } = await setUp();
    const { renew, called, fail } = held();
    const waiting = Array.from({ length: 5 }, () => refresh(renew));
    await called;
    fail(new OAuthError('The refresh token old was used before.'));
    const ends = await Promise.allSettled(waiting);
    for (const end of ends) {
      expect(end).toMatchObject({ reason: failure({ name: 'OAuthError', code: 'invalid_grant' }) });
      const { reason } = end as PromiseRejectedResult;
      expect(`${reason.message} ${reason.cause.message}`).not.toMatch(/\bold\b|used before/);
    }
    expect(renew).toHaveBeenCalledTimes(1);
    expect(await read()).toEqual({ tokens: STALE });
    expect(await refresh(async () => FRESH)).toEqual(FRESH);
  });

  it('at once, by throwing', async () => {
    const { refresh } = await setUp();
    const renew = () => {
      throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
    };
    await expect(refresh(renew)).rejects.toMatchObject(failure({ name: 'TypeError', code: 'ECONNREFUSED' }));
  });

  it('by never ending: its signal is aborted at the timeout', async () => {
    const { refresh, read } = await setUp();
    let signal: AbortSignal | undefined;
    const renew: Refresh['renew'] = (_, context) => {
      signal = context.signal;
      return new Promise(() => {});
    };
    const refused = failure({ name: 'TimeoutError', code: 'ETIMEDOUT' });
    await expect(refresh(renew, { timeout: 0.05 })).rejects.toMatchObject(refused);
    expect(signal?.aborted).toBe(true);
    expect(await read()).toEqual({ tokens: STALE });
    expect(await refresh(async () => FRESH)).toEqual(FRESH);
  });

  it.each([
    ['nothing', undefined],
    ['a function', () => {}],
    ['a Map', { tokens: new Map() }],
    ['what is too large', { access: 'x'.repeat(2 ** 21), expiresAt: 4e12 }],
  ])('by returning %s: nothing is lost', async (_, returned) => {
    const { refresh, read } = await setUp();
    const bad = refresh(async () => returned as never);
    await expect(bad).rejects.toMatchObject(failure({ name: 'SessionError', code: 'ERR_SESSION_DATA' }));
    expect(await read()).toEqual({ tokens: STALE });
    expect(await refresh(async () => FRESH)).toEqual(FRESH);
  });

  it('by calling the session', async () => {
    const { browser, refresh, read } = await setUp();
    const inside = browser.visit((own) =>
      own().refresh('tokens', {
        isFresh,
        renew: async () => {
          await Promise.resolve();
          await own().set('cart', [1]);
          return FRESH;
        },
      }),
    );
    await expect(inside).rejects.toMatchObject(failure({ code: 'ERR_SESSION_REENTRANT' }));
    expect(await read()).toEqual({ tokens: STALE });
    expect(await refresh(async () => FRESH)).toEqual(FRESH);
  });
});

describe('isFresh', () => {
  const renew = vi.fn(async () => FRESH);

  it('may throw: the caller gets that, and renew is not called', async () => {
    const { refresh } = await setUp();
    const error = new TypeError('not so');
    const broken = () => {
      throw error;
    };
    await expect(refresh(renew, { isFresh: broken })).rejects.toBe(error);
    expect(renew).not.toHaveBeenCalled();
  });

  it.each([
    ['is async', async () => true],
    ['returns nothing', () => {}],
    ['returns a number', () => 1],
  ])('that %s is refused', async (_, bad) => {
    const { refresh } = await setUp();
    const refused = refresh(renew, { isFresh: bad as never });
    await expect(refused).rejects.toMatchObject({ code: 'ERR_SESSION_OPTIONS' });
    expect(renew).not.toHaveBeenCalled();
  });

  it('gets a copy of the value, as renew does', async () => {
    const { refresh, read } = await setUp();
    const change = (tokens: Tokens) => {
      tokens.access = 'changed';
      return false;
    };
    const failing = (tokens: Tokens) => {
      change(tokens);
      throw new Error('no');
    };
    await expect(refresh(failing, { isFresh: change })).rejects.toMatchObject({
      code: 'ERR_SESSION_REFRESH',
    });
    expect(await read()).toEqual({ tokens: STALE });
  });

  it('must not call the session', async () => {
    const { browser } = await setUp();
    const inside = browser.visit((own) =>
      own().refresh('tokens', { renew, isFresh: () => Boolean(own().get('cart')) }),
    );
    await expect(inside).rejects.toMatchObject({ code: 'ERR_SESSION_REENTRANT' });
  });
});

it.each([
  ['timeout: 0', { timeout: 0 }],
  ['a timeout in milliseconds', { timeout: 10_000 }],
  ['an option of another library', { ttl: 5 }],
  ['renew that is no function', { renew: FRESH as never }],
  ['no isFresh', { isFresh: undefined as never }],
])('refuses %s', async (_, bad) => {
  const { browser } = await setUp();
  const refused = browser.visit((own) =>
    own().refresh('tokens', { isFresh, renew: async () => FRESH, ...bad }),
  );
  await expect(refused).rejects.toMatchObject({ code: 'ERR_SESSION_OPTIONS' });
});

describe('when the store fails', () => {
  it('before the lease, renew is not called', async () => {
    const { store, refresh } = await setUp();
    store.spy.fail('set', REFUSAL);
    const renew = vi.fn(async () => FRESH);
    await expect(refresh(renew)).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
    expect(renew).not.toHaveBeenCalled();
  });

  it('each of its calls has storeTimeout, whatever the timeout of the refresh', async () => {
    const { store, refresh } = await setUp({ storeTimeout: 0.1 });
    for (let call = 0; call < 5; call++) store.spy.hang('set');
    const renew = vi.fn(async () => FRESH);
    const startedAt = performance.now();
    await expect(refresh(renew)).rejects.toMatchObject({ code: 'ERR_SESSION_STORE_TIMEOUT' });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(renew).not.toHaveBeenCalled();
  });

  it('after renew, the value is stored when it is back', async () => {
    const { store, refresh, read } = await setUp();
    const renew = vi.fn(async () => {
      store.spy.fail('set', REFUSAL, 3);
      return FRESH;
    });
    expect(await refresh(renew)).toEqual(FRESH);
    expect(renew).toHaveBeenCalledTimes(1);
    expect(await read()).toEqual({ tokens: FRESH });
  });

  it.each(['the lease', 'the value'])(
    'and loses the answer to the swap of %s, it is found out',
    async (what) => {
      const { store, refresh, read } = await setUp();
      if (what === 'the lease') store.spy.lose('set');
      const renew = vi.fn(async () => {
        if (what === 'the value') store.spy.lose('set');
        return FRESH;
      });
      expect(await refresh(renew)).toEqual(FRESH);
      expect(renew).toHaveBeenCalledTimes(1);
      expect(await read()).toEqual({ tokens: FRESH });
    },
  );
});
