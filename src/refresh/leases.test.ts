import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionEvent } from '../events/session-event.js';
import { actAsProcesses } from '../test-kits/processes.js';
import { FRESH, held, STALE, setUp } from '../test-kits/refresh.js';

actAsProcesses();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const GONE = { code: 'ERR_SESSION_GONE' };
const REFRESH = { code: 'ERR_SESSION_REFRESH' };

describe('across processes', () => {
  it('one renews, and all get the value', async () => {
    const { refresh, read } = await setUp();
    const { renew, called, end } = held();
    const all = Promise.all(Array.from({ length: 8 }, () => refresh(renew)));
    await called;
    end();
    expect(await all).toEqual(Array(8).fill(FRESH));
    expect(renew).toHaveBeenCalledTimes(1);
    expect(await read()).toEqual({ tokens: FRESH });
  });

  it('all who waited get the value, even if it is not fresh', async () => {
    const { refresh } = await setUp();
    const { renew, called, end } = held();
    const first = refresh(renew);
    await called;
    const others = Promise.all([refresh(renew), refresh(renew)]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    end(STALE);
    expect(await first).toEqual(STALE);
    expect(await others).toEqual([STALE, STALE]);
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('all who waited fail with the name and the code, after one call', async () => {
    const { refresh, read } = await setUp();
    const { renew, called, fail } = held();
    const first = refresh(renew);
    const caught = first.catch((error) => error);
    await called;
    const others = Promise.allSettled([refresh(renew), refresh(renew)]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    fail(Object.assign(new Error('refused'), { name: 'ResponseBodyError', error: 'invalid_grant' }));
    const cause = { name: 'ResponseBodyError', code: 'invalid_grant' };
    expect(await caught).toMatchObject({ ...REFRESH, cause });
    for (const end of await others) expect(end).toMatchObject({ reason: { ...REFRESH, cause } });
    expect(renew).toHaveBeenCalledTimes(1);
    expect(await read()).toEqual({ tokens: STALE });
    expect(await refresh(async () => FRESH)).toEqual(FRESH);
  });

  it('all who waited learn that the session has ended', async () => {
    const { browser, refresh } = await setUp();
    const { renew, called, end } = held();
    const first = expect(refresh(renew)).rejects.toMatchObject(GONE);
    await called;
    const other = expect(refresh(renew)).rejects.toMatchObject(GONE);
    await browser.visit((own) => own().destroy());
    end();
    await first;
    await other;
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('a request that follows a move to a new ID gets the value', async () => {
    const { browser, refresh } = await setUp();
    const { renew, called, end } = held();
    const first = refresh(renew);
    await called;
    await browser.visit((own) => own().regenerate());
    const second = refresh(renew);
    await new Promise((resolve) => setTimeout(resolve, 50));
    end();
    expect(await Promise.all([first, second])).toEqual([FRESH, FRESH]);
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('nobody is busy while they wait', async () => {
    const { refresh, store } = await setUp();
    const { renew, called, end } = held();
    const first = refresh(renew);
    await called;
    store.spy.reset();
    const second = refresh(renew);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const looks = store.spy.calls.length;
    end();
    await Promise.all([first, second]);
    expect(looks).toBeGreaterThan(3);
    expect(looks).toBeLessThan(25);
  });

  it('each call tells telemetry how it ended', async () => {
    const events: SessionEvent[] = [];
    const { refresh } = await setUp({ onEvent: (event) => void events.push(event) });
    const { renew, called, end } = held();
    const first = refresh(renew);
    await called;
    const second = refresh(renew);
    end();
    await Promise.all([first, second]);
    const broken = refresh(() => Promise.reject(new Error('no')), { isFresh: () => false });
    await expect(broken).rejects.toMatchObject(REFRESH);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const ends = events.filter(({ type }) => type === 'refresh');
    expect(ends).toMatchObject([
      { outcome: 'renewed', durationMs: expect.any(Number) },
      { outcome: 'waited' },
      { outcome: 'failed', errorType: 'ERR_SESSION_REFRESH' },
    ]);
  });
});

describe('a lease whose holder has died', () => {
  const now = () => Date.now();

  it('is taken over at its end, and the session tells so', async () => {
    const events: SessionEvent[] = [];
    const { refresh, plant } = await setUp({ onEvent: (event) => void events.push(event) });
    await plant(['tokens', 'a dead one', 300, 300]);
    const startedAt = performance.now();
    expect(await refresh(async () => FRESH)).toEqual(FRESH);
    expect(performance.now() - startedAt).toBeGreaterThan(290);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(events).toContainEqual(expect.objectContaining({ type: 'refresh', outcome: 'taken_over' }));
  });

  it('is taken over by one of all who wait', async () => {
    const { refresh, plant } = await setUp();
    await plant(['tokens', 'a dead one', 200, 200]);
    const renew = vi.fn(async () => FRESH);
    expect(await Promise.all(Array.from({ length: 5 }, () => refresh(renew)))).toEqual(Array(5).fill(FRESH));
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('is taken over at once if it ended long ago', async () => {
    const { refresh, plant } = await setUp();
    await plant(['tokens', 'a dead one', 1000, 1000]);
    vi.setSystemTime(now() + 62_000);
    const startedAt = performance.now();
    expect(await refresh(async () => FRESH)).toEqual(FRESH);
    expect(performance.now() - startedAt).toBeLessThan(900);
  });

  it.each([-60_000, 60_000])('is not taken over by a server whose clock is %i ms off', async (ms) => {
    const { refresh } = await setUp();
    const { renew, called, end } = held();
    const first = refresh(renew);
    await called;
    vi.setSystemTime(now() + ms);
    const second = refresh(renew);
    await new Promise((resolve) => setTimeout(resolve, 100));
    end();
    expect(await Promise.all([first, second])).toEqual([FRESH, FRESH]);
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('who was only slow stores the value after all, if nobody else has', async () => {
    const { refresh, plant, read } = await setUp();
    const { renew, called, end } = held();
    const first = refresh(renew);
    await called;
    await plant();
    end();
    expect(await first).toEqual(FRESH);
    expect(await read()).toEqual({ tokens: FRESH });
  });
});

describe('a planted lease', () => {
  it('makes callers wait for no longer than their timeout and a second: a clear error, and nothing is lost', async () => {
    const { refresh, plant, read } = await setUp();
    await plant(['tokens', 'nobody', 9e12, 300_000]);
    const startedAt = performance.now();
    const waiting = refresh(async () => FRESH, { timeout: 0.1 });
    await expect(waiting).rejects.toMatchObject({ ...REFRESH, cause: { name: 'TimeoutError' } });
    expect(performance.now() - startedAt).toBeGreaterThan(1090);
    expect(await read()).toEqual({ tokens: STALE });
  });

  it.each([
    ['that never ends', ['tokens', 'nobody', 9e12, Number.MAX_VALUE]],
    ['of a negative length', ['tokens', 'nobody', 9e12, -1]],
    ['of another key', ['cart', 'nobody', 9e12, 300_000]],
    ['without a holder', ['tokens', null, 9e12, 300_000]],
    ['that is a text', 'tokens'],
    ['that is a failure of nobody', ['tokens', 'nobody', 9e12, { name: 5 }]],
  ])('%s is none', async (_, planted) => {
    const { refresh, plant } = await setUp();
    await plant(planted);
    expect(await refresh(async () => FRESH)).toEqual(FRESH);
  });

  it('and its failure show nothing that is no name and no code', async () => {
    const { refresh, plant } = await setUp();
    await plant(['tokens', 'nobody', 9e12, 200]);
    const waiting = refresh(async () => FRESH).catch((error) => error);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const planted = { name: '<script>', code: 'the access token of ada' };
    await plant(['tokens', 'nobody', 9e12, planted]);
    const error = await waiting;
    expect(error).toMatchObject(REFRESH);
    expect(`${error.message} ${error.cause.name} ${error.cause.message}`).not.toMatch(/script|ada/);
    expect(error.cause.code).toBeUndefined();
  });
});
