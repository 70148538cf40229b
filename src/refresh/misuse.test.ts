import { describe, expect, it, vi } from 'vitest';
import type { SessionEvent } from '../events/session-event.js';
import { SessionError } from '../lib/errors.js';
import { FRESH, held, isFresh, STALE, setUp } from '../test-kits/refresh.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('in one process', () => {
  it('the wait is no longer than timeout + 1 s, whatever else the request does', async () => {
    const { browser, store } = await setUp({ storeTimeout: 4 });
    const { renew, called, end } = held();
    await browser.visit(async (own) => {
      const refreshing = own().refresh('tokens', { isFresh, renew, timeout: 0.2 });
      await called;
      store.spy.hang('set');
      const write = own()
        .set('cart', [1])
        .catch(() => {});
      await pause(20);
      const startedAt = performance.now();
      end();
      await refreshing.catch(() => {});
      const waited = performance.now() - startedAt;
      await write;
      expect(waited).toBeLessThan(1400);
    });
  }, 10_000);

  it('no renew is called when nobody waits any more', async () => {
    const { refresh, plant } = await setUp();
    await plant(['tokens', 'dead', 9e12, 2500]);
    const renew = vi.fn(async () => FRESH);
    await refresh(renew, { timeout: 0.1 }).catch(() => {});
    await pause(2500);
    expect(renew).not.toHaveBeenCalled();
  }, 10_000);

  it('a forged SessionError of isFresh or renew shows nothing', async () => {
    const events: SessionEvent[] = [];
    const { refresh } = await setUp({ onEvent: (event) => void events.push(event) });
    const forged = () => new SessionError('SECRET-TOKEN-IN-CODE' as never, 'a message with SECRET');
    let calls = 0;
    await refresh(async () => FRESH, {
      isFresh: () => {
        if (calls++ > 0) throw forged();
        return false;
      },
    }).catch(() => {});
    const second = await refresh(() => Promise.reject(forged())).catch((error) => error);
    await pause(20);
    const shown = JSON.stringify([
      events,
      second.message,
      second.cause,
      String(second.cause),
      second.cause.stack,
    ]);
    expect(shown).not.toContain('SECRET');
  });

  it('renew that throws odd things is a clear error', async () => {
    const { refresh } = await setUp();
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const odd = [
      undefined,
      null,
      'SECRET',
      Symbol('SECRET'),
      proxy,
      Object.freeze(new SessionError('ERR_SESSION_GONE', 'SECRET')),
      Object.freeze(new SessionError('ERR_SESSION_STORE', 'SECRET')),
      {
        get error() {
          throw new Error('SECRET');
        },
        get name() {
          throw new Error('SECRET');
        },
      },
      Object.assign(new Error('SECRET'), { name: 'SECRET', code: 'sk-SECRET', cause: new Error('SECRET') }),
      new AggregateError([new Error('SECRET')], 'SECRET'),
    ];
    for (const thrown of odd) {
      const error = await refresh(() => Promise.reject(thrown)).catch((one) => one);
      expect(error.code).toBe('ERR_SESSION_REFRESH');
      expect(
        JSON.stringify([
          error.message,
          error.stack,
          error.cause,
          String(error.cause),
          error.cause.stack,
          String(error.cause.cause),
        ]),
      ).not.toContain('SECRET');
    }
  });

  it('renew that returns what is not JSON: the error says where', async () => {
    const { refresh } = await setUp();
    const error = await refresh(async () => ({ access: 'a', expiresAt: Number.NaN })).catch((one) => one);
    expect(`${error.message} ${error.cause.message}`).toContain('expiresAt');
  });

  it('what renew leaves running may call the session; nothing is unhandled', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const { browser } = await setUp();
    let later: Promise<unknown> = Promise.resolve();
    await browser.visit(async (own) => {
      const renew = async () => {
        later = pause(50).then(() => own().get('user'));
        throw new Error('no');
      };
      await own()
        .refresh('tokens', { isFresh, renew, timeout: 0.1 })
        .catch(() => {});
    });
    await expect(later).resolves.toBeNull();
    await browser.visit((own) =>
      own()
        .refresh('tokens', {
          isFresh,
          timeout: 0.05,
          renew: () => pause(100).then(() => Promise.reject(new Error('late'))),
        })
        .catch(() => {}),
    );
    await pause(200);
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    const flights = (globalThis as Record<symbol, unknown>)[Symbol.for('next-app-session.flights')] as Map<
      string,
      unknown
    >;
    expect(flights.size).toBe(0);
  });

  it('a record does not keep what nobody asks for any more', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { browser, store, refresh } = await setUp();
    const renewals = async () =>
      JSON.stringify(await store.memory.get(store.spy.keys.at(-1) as string)).includes('renewals');
    await refresh(async () => STALE);
    expect(await renewals()).toBe(true);
    vi.setSystemTime(Date.now() + 71_000);
    await browser.visit((own) => own().set('cart', [1]));
    expect(await renewals()).toBe(false);
    vi.useRealTimers();
  });
});
