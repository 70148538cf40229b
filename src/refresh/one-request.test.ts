import { describe, expect, it, vi } from 'vitest';
import { Browser } from '../test-kits/browser.js';
import { actAsProcesses } from '../test-kits/processes.js';
import { FRESH, held, isFresh, STALE, setUp } from '../test-kits/refresh.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('in one request', () => {
  it('a new session that the request begins while renew runs is left alone', async () => {
    const { browser, read } = await setUp();
    const { renew, called, end } = held();
    const { cookies } = await browser.visit(async (own) => {
      const refreshing = own()
        .refresh('tokens', { isFresh, renew })
        .catch((error) => error);
      await called;
      await own().destroy();
      await own().set('cart', [1]);
      end();
      expect(await refreshing).toMatchObject({ code: 'ERR_SESSION_GONE' });
      expect(await own().all()).toEqual({ cart: [1] });
      expect(await own().info()).toMatchObject({ isNew: true });
      await own().set('user', 'ada');
    });
    expect(cookies).toHaveLength(1);
    expect(await read()).toEqual({ cart: [1], user: 'ada' });
  });

  it('a sign-out while renew runs leaves the visitor without a session, who may begin another', async () => {
    const { browser, read } = await setUp();
    const { renew, called, end } = held();
    await browser.visit(async (own) => {
      const refused = own()
        .refresh('tokens', { isFresh, renew })
        .catch((error) => error);
      await called;
      await own().destroy();
      end();
      expect(await refused).toMatchObject({ code: 'ERR_SESSION_GONE' });
      expect(await own().all()).toEqual({});
      await own().set('cart', [1]);
    });
    expect(await read()).toEqual({ cart: [1] });
  });

  it('a store that misses the session at one read ends it: the session under the same ID is not tried again', async () => {
    const { browser, store } = await setUp();
    const renew = vi.fn(async () => FRESH);
    await browser.visit(async (own) => {
      await own().get('user');
      vi.spyOn(store.atomic, 'swap').mockResolvedValueOnce(null);
      vi.spyOn(store.atomic, 'load').mockResolvedValueOnce(null);
      const refused = own().refresh('tokens', { isFresh, renew });
      await expect(refused).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
    });
    expect(renew).not.toHaveBeenCalled();
  });

  it('with an old ID, in its grace period, it throws before any store call, and the request still reads what was', async () => {
    const { browser, session, store } = await setUp();
    const old = new Browser(session, Object.fromEntries(browser.cookies));
    await browser.visit((own) => own().regenerate());
    const renew = vi.fn(async () => FRESH);
    await old.visit(async (own) => {
      await own().get('tokens');
      store.spy.reset();
      const refused = own().refresh('tokens', { isFresh, renew });
      await expect(refused).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
      expect(await own().get('tokens')).toEqual(STALE);
      expect(store.spy.calls).toEqual([]);
    });
    expect(renew).not.toHaveBeenCalled();
  });
});

describe('in one request, beside other processes', () => {
  actAsProcesses();

  it('regenerate and refresh at once in one request', async () => {
    const { browser, read } = await setUp();
    const { result } = await browser.visit(async (own) => {
      await own().get('user');
      const renewed = own().regenerate();
      return Promise.allSettled([own().refresh('tokens', { isFresh, renew: async () => FRESH }), renewed]);
    });
    expect(await read()).toEqual({ tokens: FRESH });
    expect(result[0]).toMatchObject({ status: 'fulfilled' });
  });

  it('after ERR_SESSION_GONE, a write of the same request does not begin another session', async () => {
    const { browser, session } = await setUp();
    const other = new Browser(session, Object.fromEntries(browser.cookies));
    const { result } = await browser.visit(async (own) => {
      await own().get('user');
      await other.visit((its) => its().destroy());
      const gone = await own()
        .refresh('tokens', { isFresh, renew: async () => FRESH })
        .catch((error) => error);
      const write = await own()
        .set('cart', [1])
        .catch((error) => error);
      return [gone?.code, write?.code];
    });
    expect(result).toEqual(['ERR_SESSION_GONE', 'ERR_SESSION_GONE']);
  });

  it('a move by the same request, between the read and the lease', async () => {
    const { browser, store, read } = await setUp();
    const { result } = await browser.visit(async (own) => {
      await own().get('user');
      store.spy.before('set', () => pause(50));
      const refreshing = own().refresh('tokens', { isFresh, renew: async () => FRESH });
      await pause(5);
      return Promise.allSettled([refreshing, own().regenerate()]);
    });
    expect(result[0]).toMatchObject({ status: 'fulfilled' });
    expect(await read()).toEqual({ tokens: FRESH });
  });

  it('after a renewal, a write to a session that another ended does not begin another session', async () => {
    const { browser, session } = await setUp();
    const other = new Browser(session, Object.fromEntries(browser.cookies));
    const { result, cookies } = await browser.visit(async (own) => {
      await own().get('user');
      await own().refresh('tokens', { isFresh, renew: async () => FRESH });
      await other.visit((its) => its().destroy());
      return own()
        .set('cart', [1])
        .catch((error) => error);
    });
    expect(cookies).toEqual([]);
    expect(result).toMatchObject({ code: 'ERR_SESSION_GONE' });
  });
});
