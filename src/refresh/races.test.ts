import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionError } from '../lib/errors.js';
import { nextAppSession } from '../next-app-session.js';
import type { CompareAndSwap } from '../store-contract/store.js';
import { Browser } from '../test-kits/browser.js';
import { actAsProcesses } from '../test-kits/processes.js';
import { FRESH, held, isFresh, STALE, setUp, type Tokens } from '../test-kits/refresh.js';
import { KeepingStore, REFUSAL, SpyStore } from '../test-kits/spy-store.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('across processes', () => {
  actAsProcesses();
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  it('an old ID whose renewal fails does not learn the value of the new ID', async () => {
    const { browser, refresh } = await setUp({ user: (data) => data.user });
    const { renew, called, fail } = held();
    const attacker = refresh(renew).catch((error) => error);
    await called;
    const theirs = { ...FRESH, access: 'of the victim, under the new ID' };
    await browser.visit((own) => own().regenerate(() => ({ user: 'victim', tokens: theirs })));
    fail(new Error('no'));
    expect(await attacker).toBeInstanceOf(SessionError);
  });

  it('the 17th key does not push out the lease of the first', async () => {
    const store = new SpyStore();
    const session = nextAppSession<Record<string, Tokens>>({ name: 'keys', secret: 's', store });
    const browser = new Browser(session);
    const keys = Array.from({ length: 17 }, (_, at) => `k${at}`);
    await browser.visit((own) => own().setAll(Object.fromEntries(keys.map((key) => [key, STALE]))));
    const { renew, called, end } = held();
    const first = browser.visit((own) => own().refresh('k0', { isFresh, renew }));
    await called;
    for (const key of keys.slice(1))
      await browser.visit((own) => own().refresh(key, { isFresh, renew: async () => FRESH }));
    const second = browser.visit((own) => own().refresh('k0', { isFresh, renew }));
    await pause(100);
    const calls = renew.mock.calls.length;
    end();
    await Promise.all([first, second]);
    expect(calls).toBe(1);
  });

  it('a holder whose store told it late of its lease does not renew beyond the lease', async () => {
    const store = new SpyStore();
    let isLate = false;
    const swap = store.atomic.swap;
    const atomic: CompareAndSwap = {
      load: store.atomic.load,
      swap: async (id, expected, record, options) => {
        const version = await swap(id, expected, record, options);
        if (isLate) {
          isLate = false;
          await pause(700);
        }
        return version;
      },
    };
    Object.assign(store, { atomic });
    const { refresh } = await setUp({ store });
    isLate = true;
    let running = 0;
    let most = 0;
    const renew = vi.fn(async () => {
      running++;
      most = Math.max(most, running);
      await pause(250);
      running--;
      return FRESH;
    });
    // Lease: 800 ms.
    const first = refresh(renew, { timeout: 0.3 });
    await pause(20);
    const second = refresh(renew, { timeout: 0.3 });
    await Promise.allSettled([first, second]);
    await pause(400);
    expect({ calls: renew.mock.calls.length, most }).toEqual({ calls: 1, most: 1 });
  });

  it('a store that is always late of the lease ends the wait, and leaves no flight', async () => {
    const { refresh, store } = await setUp();
    const renew = vi.fn(async () => FRESH);
    const { swap } = store.atomic;
    const slow: CompareAndSwap['swap'] = async (...call) => {
      await pause(150);
      return swap(...call);
    };
    Object.assign(store, { atomic: { ...store.atomic, swap: slow } });
    const late = await refresh(renew, { timeout: 0.1 }).catch((error) => error);
    expect(late).toMatchObject({ code: 'ERR_SESSION_REFRESH', cause: { code: 'ETIMEDOUT' } });
    await pause(400);
    store.spy.reset();
    await pause(400);
    expect(store.spy.calls).toEqual([]);
    expect(renew).not.toHaveBeenCalled();
  });

  it('a lease whose answer was lost, with another write on top, is known as the own one', async () => {
    const store = new SpyStore();
    const { session, browser, refresh } = await setUp({ store });
    const other = new Browser(session, Object.fromEntries(browser.cookies));
    let isLost = true;
    const { swap, load } = store.atomic;
    const atomic: CompareAndSwap = {
      load,
      swap: async (id, expected, record, options) => {
        const version = await swap(id, expected, record, options);
        if (!isLost) return version;
        isLost = false;
        await other.visit((own) => own().set('cart', [1]));
        throw new Error('Connection is closed.');
      },
    };
    Object.assign(store, { atomic });
    const renew = vi.fn(async () => FRESH);
    const result = await refresh(renew, { timeout: 1 }).catch((error) => error);
    expect(result).toEqual(FRESH);
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('a move without a grace copy between the read and the swap of the value does not lose it', async () => {
    const { browser, store, refresh, read } = await setUp({ regenerateGrace: 0 });
    const renew = vi.fn(async () => {
      store.spy.before('set', async () => {
        await browser.visit((own) => own().regenerate());
      });
      return FRESH;
    });
    const ended = await refresh(renew).catch((error) => error);
    expect(await read()).toEqual({ tokens: FRESH });
    expect(ended).toEqual(FRESH);
  });

  it('a clock that is set back does not throw the renewed value away', async () => {
    const { browser, refresh, read } = await setUp();
    await browser.visit((own) => own().set('tokens', { access: 'old', expiresAt: Date.now() - 1 }));
    const renew = async () => {
      vi.setSystemTime(Date.now() - 1000);
      return FRESH;
    };
    await refresh(renew);
    expect(await read()).toEqual({ tokens: FRESH });
  });

  it('who lost the lease does not overwrite another value, nor end the lease of another', async () => {
    const { browser, refresh, read } = await setUp();
    const old = held();
    const first = refresh(old.renew);
    await old.called;
    await browser.visit((own) => own().destroy('tokens'));
    await browser.visit((own) => own().set('tokens', { access: 'of another account', expiresAt: 0 }));
    const now = held();
    const second = refresh(now.renew);
    await now.called;
    old.end({ access: 'of the first account, renewed', expiresAt: 4e12 });
    await first;
    now.end({ access: 'of another account, renewed', expiresAt: 4e12 });
    await second;
    expect((await read()).tokens?.access).toBe('of another account, renewed');
  });

  it('a session that passes to another user does not get the tokens of the first', async () => {
    const { browser, refresh, read } = await setUp({ user: (data) => data.user });
    await browser.visit((own) => own().set('user', 'ada'));
    const { renew, called, end } = held();
    const first = refresh(renew).catch((error) => error);
    await called;
    await browser.visit((own) =>
      own().regenerate(() => ({ user: 'bob', tokens: { access: 'of bob', expiresAt: 0 } })),
    );
    end({ access: 'of ada', expiresAt: 4e12 });
    await first;
    expect((await read()).tokens?.access).toBe('of bob');
  });

  it('a store that refuses for a second after renew does not lose the value', async () => {
    const { store, refresh, read } = await setUp();
    const renew = async () => {
      await pause(250);
      store.spy.fail('set', REFUSAL, 5);
      return FRESH;
    };
    await refresh(renew, { timeout: 0.3 }).catch(() => {});
    await pause(1200);
    expect(await read()).toEqual({ tokens: FRESH });
  });

  it('isFresh that throws at a value which another wrote leaves no lease behind', async () => {
    const { browser, refresh } = await setUp();
    const { renew, called, end } = held();
    const first = refresh(renew, { timeout: 2 }).catch((error) => error);
    await called;
    await browser.visit((own) => own().set('tokens', null as never));
    end();
    expect(await first).toEqual(FRESH);
    await browser.visit((own) => own().set('tokens', STALE));
    const startedAt = performance.now();
    const next = await refresh(async () => FRESH, { timeout: 0.2 }).catch((error) => error);
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(next).toEqual(FRESH);
  });

  it('renew that ends after its timeout, and ignores the signal: its value is stored', async () => {
    const { refresh, read } = await setUp();
    const renew = async () => {
      await pause(200);
      return FRESH;
    };
    await refresh(renew, { timeout: 0.1 }).catch(() => {});
    await pause(300);
    expect(await read()).toEqual({ tokens: FRESH });
  });

  it('a revocation while renew runs', async () => {
    const { browser, session, refresh, store } = await setUp({ user: (data) => data.user });
    await browser.visit((own) => own().set('user', 'ada'));
    const { renew, called, end } = held();
    const first = refresh(renew).catch((error) => error);
    await called;
    await session.user('ada').revokeAll();
    end();
    expect(await first).toMatchObject({ code: 'ERR_SESSION_GONE' });
    expect(await store.memory.get(store.spy.keys[0] as string)).toBeNull();
  });

  it('a read that fails once while a caller waits does not fail it', async () => {
    const { store, refresh } = await setUp();
    const { renew, called, end } = held();
    const first = refresh(renew);
    await called;
    const second = refresh(renew).catch((error) => error);
    await pause(30);
    store.spy.fail('get', REFUSAL);
    await pause(100);
    end();
    await first;
    expect(await second).toEqual(FRESH);
  });

  it.each([0, 5])(
    'a store that ends sessions itself, moved twice, grace %i, with lost replies',
    async (regenerateGrace) => {
      const { browser, store, refresh, read } = await setUp({ store: new KeepingStore(), regenerateGrace });
      const { renew, called, end } = held();
      const first = refresh(renew).catch((error) => error);
      await called;
      for (let move = 0; move < 3; move++) {
        store.spy.lose('set');
        await browser.visit((own) => own().regenerate());
      }
      store.spy.lose('set');
      end();
      expect(await first).toEqual(FRESH);
      expect(await read()).toEqual({ tokens: FRESH });
    },
  );

  it.each(['itself', 'another session'])('a planted copy that names %s as its successor', async (which) => {
    const { browser, session, store, refresh } = await setUp();
    const key = (await import('../record/session-id.js')).hashSessionId;
    const idOf = async (one: Browser<never>) => key((await one.visit((own) => own().id())).result as string);
    const own = await idOf(browser as never);
    const victim = new Browser(session);
    await victim.visit((its) => its().setAll({ tokens: STALE, user: 'victim' }));
    const theirs = await idOf(victim as never);
    const { renew, called, end } = held();
    const first = refresh(renew).catch((error) => error);
    await called;
    const record = (await store.memory.get(own)) as unknown as { __session: unknown[] };
    const link = [which === 'itself' ? own : theirs, 60_000];
    await store.memory.set(own, {
      ...record,
      __session: [...record.__session.slice(0, 6), null, { superseded: link }],
    } as never);
    end();
    await first;
    const { result: data } = await victim.visit((its) => its().all());
    expect(data).toEqual({ tokens: STALE, user: 'victim' });
  });

  it('five keys at once in one request, in two processes', async () => {
    const store = new SpyStore();
    const session = nextAppSession<Record<string, Tokens>>({ name: 'five', secret: 's', store });
    const browser = new Browser(session);
    const keys = ['a', 'b', 'c', 'constructor', 'toString'];
    await browser.visit((own) => own().setAll(Object.fromEntries(keys.map((key) => [key, STALE]))));
    const renew = vi.fn(async () => {
      await pause(50);
      return FRESH;
    });
    const all = () =>
      browser.visit((own) => Promise.all(keys.map((key) => own().refresh(key, { isFresh, renew }))));
    await Promise.all([all(), all()]);
    expect(renew).toHaveBeenCalledTimes(5);
    const { result } = await browser.visit((own) => own().all());
    expect(result).toEqual(Object.fromEntries(keys.map((key) => [key, FRESH])));
  });

  it('fuzz: a token that is used once, under other writes, moves and lost replies', async () => {
    const faults: string[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      let state = seed * 7919;
      const random = () => {
        state = (state * 1103515245 + 12345) % 2147483648;
        return state / 2147483648;
      };
      const store = new SpyStore();
      const { swap, load } = store.atomic;
      let isCalm = true;
      const atomic: CompareAndSwap = {
        load: async (id, options) => {
          if (!isCalm) await pause(random() * 6);
          return load(id, options);
        },
        swap: async (id, expected, record, options) => {
          if (!isCalm) await pause(random() * 6);
          const version = await swap(id, expected, record, options);
          if (!isCalm) await pause(random() * 6);
          if (!isCalm && random() < 0.06) throw new Error('Connection is closed.');
          return version;
        },
      };
      Object.assign(store, { atomic });
      const { browser, session } = await setUp({ store, regenerateGrace: seed % 2 ? 5 : 0 });
      await browser.visit((own) => own().setAll({ tokens: { access: '0', expiresAt: 0 } }));
      isCalm = false;
      let current = 0;
      const log: string[] = [];
      const renew = async ({ access }: Tokens) => {
        await pause(random() * 15);
        log.push(`use ${access} of ${current}`);
        if (Number(access) !== current) {
          faults.push(`seed ${seed}: reuse of ${access}, current ${current}: ${log.join('; ')}`);
          throw Object.assign(new Error('reuse'), { error: 'invalid_grant' });
        }
        current += 1;
        const next = `${current}`;
        await pause(random() * 15);
        return { access: next, expiresAt: 4e12 };
      };
      const one = async () => {
        await pause(random() * 60);
        const kind = random();
        const visit = kind < 0.7 ? new Browser(session, Object.fromEntries(browser.cookies)) : browser;
        try {
          if (kind < 0.6) await visit.visit((own) => own().refresh('tokens', { isFresh, renew, timeout: 1 }));
          else if (kind < 0.7) await visit.visit((own) => own().set('cart', [seed]));
          else if (kind < 0.85) {
            log.push('move');
            await browser.visit((own) => own().regenerate());
            log.push('moved');
          } else
            await browser.visit((own) =>
              own().update((data) => {
                log.push('expire');
                if (data.tokens) data.tokens.expiresAt = 0;
              }),
            );
        } catch (error) {
          log.push(`${(error as SessionError).code ?? error}`);
        }
      };
      await Promise.all(Array.from({ length: 10 }, one));
      await pause(30);
      isCalm = true;
      const { result } = await browser.visit((own) => own().all());
      const last = result.tokens?.access;
      if (last !== undefined && Number(last) !== current)
        faults.push(`seed ${seed}: lost: ${last}, current ${current}: ${log.join('; ')}`);
    }
    expect(faults).toEqual([]);
  }, 120_000);

  it('after a sign-out, no record holds the data any more, though somebody renewed a key', async () => {
    const { browser, store, refresh } = await setUp();
    const { renew, called, end } = held();
    const first = refresh(renew, { timeout: 300 }).catch((error) => error);
    await called;
    const oldKey = store.spy.keys.at(-1) as string;
    await browser.visit((own) => own().regenerate());
    vi.setSystemTime(Date.now() + 70_000);
    await browser.visit((own) => own().set('cart', [1]));
    await browser.visit((own) => own().destroy());
    const left = JSON.stringify(await store.memory.get(oldKey));
    end();
    await first;
    expect(left).not.toContain('old');
  });
});
