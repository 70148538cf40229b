import { vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import type { RefreshOptions } from '../session/refresh-options.js';
import { Browser } from './browser.js';
import { SpyStore } from './spy-store.js';

export interface Tokens {
  access: string;
  expiresAt: number;
}

interface Data {
  tokens?: Tokens;
  cart?: number[];
  user?: string;
}

export type Refresh = RefreshOptions<Tokens, Tokens>;

export const STALE: Tokens = { access: 'old', expiresAt: 0 };
export const FRESH: Tokens = { access: 'new', expiresAt: 4e12 };

export const isFresh: Refresh['isFresh'] = ({ expiresAt }, { now }) => expiresAt > now;

/** A visitor with a token that has expired. */
export async function setUp(options: Partial<Options<Data>> = {}) {
  const store = new SpyStore();
  const session = nextAppSession<Data>({ name: 'refresh', secret: 'a secret', store, ...options });
  const browser = new Browser(session);
  await browser.visit((own) => own().setAll({ tokens: STALE }));
  const key = store.spy.keys.at(-1) ?? '';
  store.spy.reset();
  const refresh = (renew: Refresh['renew'], more: Partial<Refresh> = {}) =>
    browser.visit((own) => own().refresh('tokens', { isFresh, renew, ...more })).then(({ result }) => result);
  const read = () => browser.visit((own) => own().all()).then(({ result }) => result);
  /** Writes renewals into the record, as somebody could who writes to the store. */
  const plant = async (...renewals: unknown[]) => {
    const record = (await store.memory.get(key)) as unknown as { __session: unknown[] };
    const __session = [...record.__session.slice(0, 6), null, { renewals }];
    await store.memory.set(key, { ...record, __session } as never);
  };
  return { store, session, browser, refresh, read, plant };
}

/** A `renew` that ends when the test says so. */
export function held() {
  let call = () => {};
  let end = (_: Tokens) => {};
  let fail = (_: unknown) => {};
  const called = new Promise<void>((resolve) => {
    call = resolve;
  });
  const ended = new Promise<Tokens>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const renew = vi.fn(() => {
    call();
    return ended;
  });
  return { renew, called, end: (tokens = FRESH) => end(tokens), fail };
}
