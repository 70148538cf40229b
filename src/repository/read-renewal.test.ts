import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import { Browser } from '../test-kits/browser.js';
import { KeepingStore, PlainStore, REFUSAL, SpyStore } from '../test-kits/spy-store.js';
import { ADA, setUp as setUpUsers } from '../test-kits/user-sessions.js';

interface Data {
  n?: number;
}

/** Far below storeTimeout, which is 5 seconds. */
const QUICK_MS = 2000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
});
afterEach(() => vi.useRealTimers());

const wait = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

async function signedIn(store: SpyStore | PlainStore, options: Options = {}) {
  const browser = new Browser(nextAppSession<Data>({ secret: 'a secret', store, ...options }));
  await browser.visit((session) => session().set('n', 1));
  store.spy.reset();
  return browser;
}

const read = (browser: Browser<Data>) =>
  browser.visit((session) => session().get('n')).then(({ result }) => result);

async function quickly<T>(call: Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await call;
  expect(performance.now() - startedAt).toBeLessThan(QUICK_MS);
  return result;
}

const stores = [
  ['compares and swaps', () => new SpyStore()],
  ['ends idle sessions itself', () => new KeepingStore()],
  ['has three methods', () => new PlainStore()],
] as const;

describe.each(stores)('a store that %s and takes no writes', (_, makeStore) => {
  it('answers a read of which the idle timer is stale, and its slide is tried once in touchAfter', async () => {
    const store = makeStore();
    const browser = await signedIn(store);
    wait(61);
    store.spy.fail('set', REFUSAL, 20);
    for (let visit = 0; visit < 10; visit++) expect(await read(browser)).toBe(1);
    expect(store.spy.calls.filter((call) => call === 'set')).toHaveLength(1);
    wait(60);
    await Promise.all(Array.from({ length: 10 }, () => read(browser)));
    expect(store.spy.calls.filter((call) => call === 'set')).toHaveLength(2);
  });

  it('answers a read within a moment if it holds the slide back', async () => {
    const store = makeStore();
    const browser = await signedIn(store);
    wait(61);
    store.spy.hang('set');
    expect(await quickly(read(browser))).toBe(1);
  });

  it('answers a read of a record that was not stamped with its date of creation', async () => {
    const store = makeStore();
    const browser = await signedIn(store, { absoluteTimeout: 86_400, hashIds: false });
    const [id = ''] = [...browser.cookies.values()].map((value) => /^s:(.+)\./.exec(value)?.[1]);
    await store.set(id, { n: 7, cookie: {} });
    store.spy.fail('set', REFUSAL);
    expect(await read(browser)).toBe(7);
    wait(60);
    store.spy.hang('set');
    expect(await quickly(read(browser))).toBe(7);
  });

  it('makes no error of touch(), and the cookie is not sent', async () => {
    const store = makeStore();
    const browser = await signedIn(store, { cookie: { maxAge: 86_400 } });
    wait(61);
    for (const fault of [() => store.spy.fail('set', REFUSAL), () => store.spy.hang('set')]) {
      // Of the slide by its read, and of its own.
      fault();
      fault();
      const { cookies, result } = await quickly(
        browser.visit(async (session) => {
          await session().touch();
          return session().get('n');
        }),
      );
      expect([cookies, result]).toEqual([[], 1]);
      wait(60);
    }
  });

  it('makes an error of touch() with a maxAge, which somebody relies on', async () => {
    const store = makeStore();
    const browser = await signedIn(store);
    store.spy.fail('set', REFUSAL);
    await expect(browser.visit((session) => session().touch({ maxAge: 3600 }))).rejects.toMatchObject({
      code: 'ERR_SESSION_STORE',
    });
  });
});

it('a store keeps no read waiting for the deletion of what has expired', async () => {
  const store = new PlainStore();
  const browser = await signedIn(store);
  wait(25 * 3600);
  store.spy.hang('destroy');
  expect(await quickly(read(browser))).toBeNull();
});

it('a slide that failed is tried again before a short session ends', async () => {
  const store = new SpyStore();
  const browser = await signedIn(store, { idleTimeout: 80 });
  wait(50);
  store.spy.fail('set', REFUSAL);
  expect(await read(browser)).toBe(1);
  wait(11);
  expect(await read(browser)).toBe(1);
  wait(70);
  expect(await read(browser)).toBe(1);
});

it('many reads at the same time slide a session once', async () => {
  const store = new SpyStore();
  const browser = await signedIn(store);
  wait(61);
  await Promise.all(Array.from({ length: 20 }, () => read(browser)));
  expect(store.spy.calls.filter((call) => call === 'set')).toHaveLength(1);
});

it('a write after a slide that is held back finds the session as it is', async () => {
  const store = new SpyStore();
  const browser = await signedIn(store);
  wait(61);
  store.spy.before('set', () => new Promise((resolve) => setTimeout(resolve, 600)));
  await browser.visit(async (session) => {
    expect(await session().get('n')).toBe(1);
    await session().set('n', 2);
    // The slide comes late, and changes nothing.
    await new Promise((resolve) => setTimeout(resolve, 700));
    await session().reload();
    expect(await session().get('n')).toBe(2);
  });
});

it('a list of sessions does not wait for the removal of dead entries', async () => {
  const { store, signIn, session } = setUpUsers();
  await signIn('ada', 'laptop');
  await store.users.add(ADA, { entry: 'dead', key: 'dead', until: Date.now() + 1e9 }, callAt());
  wait(120);
  store.spy.hang('unindex');
  expect(await quickly(session.user('ada').list())).toHaveLength(1);
});

function callAt() {
  return { now: Date.now(), clock: 'system' as const };
}
