import { describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import { Browser } from '../test-kits/browser.js';
import { KeepingStore, PlainStore } from '../test-kits/spy-store.js';
import { startClock } from '../test-kits/user-sessions.js';

startClock();

const MONTH_S = 30 * 86_400;

describe('a store that ends idle sessions itself, without compare and swap', () => {
  const setUp = () => {
    const touches: unknown[] = [];
    const store = Object.assign(new PlainStore(), {
      expiry: 'store' as const,
      touch: (_id: string, { cookie }: { cookie?: { expires?: unknown } }) => touches.push(cookie?.expires),
    });
    const options = { secret: 'a secret', store, cookie: { maxAge: 3600 } };
    const session = nextAppSession<{ n?: number; cart?: number }>(options);
    return { store, touches, browser: new Browser(session) };
  };

  it('is told of touch() by its own touch: a write could overwrite what another process wrote meanwhile', async () => {
    const { store, touches, browser } = setUp();
    await browser.visit((own) => own().set('cart', 1));
    vi.advanceTimersByTime(120_000);
    store.spy.reset();
    const { cookies } = await browser.visit((own) => own().touch());
    expect(store.spy.calls).toEqual(['get']);
    expect(touches).toHaveLength(2);
    expect(cookies).toEqual([]);
  });

  it('keeps when touch() sent the cookie, so that it is sent once and not by each touch() from then on', async () => {
    const { browser } = setUp();
    await browser.visit((own) => own().set('cart', 1));
    vi.advanceTimersByTime(360_000);
    expect((await browser.visit((own) => own().touch())).cookies).toHaveLength(1);
    expect((await browser.visit((own) => own().touch())).cookies).toEqual([]);
  });

  it('remembers a lifetime that touch() gives the session', async () => {
    const { store, browser } = setUp();
    await browser.visit((own) => own().set('n', 1));
    await browser.visit((own) => own().touch({ maxAge: MONTH_S }));
    const [text = ''] = store.records.values();
    expect(JSON.parse(text)).toMatchObject({ __session: { maxAge: MONTH_S } });
  });
});

it('a touch under way never makes a grace copy live longer: it is a swap, and finds another version', async () => {
  const store = Object.assign(new KeepingStore(), { touch: vi.fn() });
  const session = nextAppSession<{ n?: number }>({ secret: 'a secret', store });
  const browser = new Browser(session);
  await browser.visit((own) => own().set('n', 1));
  vi.advanceTimersByTime(120_000);
  const slow = browser.open();
  await slow.session().get('n');
  await browser.visit((own) => own().regenerate());
  await slow.session().touch();
  expect(store.touch).not.toHaveBeenCalled();
});
