import { afterEach, beforeEach, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import { userKey } from '../record/user-key.js';
import { callOptions } from '../store-contract/store.js';
import { Browser } from './browser.js';
import { SpyStore } from './spy-store.js';

export type Data = { userId?: string | number | null; sid?: string; device?: string; n?: number };
export type Listed = { device: string | null };

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
export const NAME = 'users';
/** The key of the user `ada` in the store's index. */
export const ADA = userKey(NAME, 'ada') ?? '';

/** Gives each test of a file the same date, which stands still. */
export function startClock(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
}

/** Sets up an app whose users sign in on several devices. */
export function setUp(options: Partial<Options<Data, Listed>> = {}) {
  const store = new SpyStore();
  const session = nextAppSession<Data, Listed>({
    name: NAME,
    secret: 'a secret',
    store,
    user: (data) => data.userId,
    listed: (data) => ({ device: data.device ?? null }),
    ...options,
  });
  /** Signs a user in, and returns the browser. */
  const signIn = async (userId: string | number = 'ada', device = 'laptop') => {
    const browser = new Browser(session);
    await browser.visit((own) => own().regenerate((data) => ({ ...data, userId, device })));
    return browser;
  };
  const devices = async (userId = 'ada') =>
    (await session.user(userId).list()).map(({ data }) => data.device).sort();
  return {
    store,
    session,
    signIn,
    devices,
    get ada() {
      return session.user('ada');
    },
  };
}

/** The second key of a session, in an app whose sessions have two. */
export const SID = userKey(NAME, 'sid:laptop') ?? '';

/** Sets up an app whose sessions have two keys: the user, and the session of an identity provider, named after the device. */
export function setUpTwoKeys(options: Partial<Options<Data, Listed>> = {}) {
  const app = setUp({ user: ({ userId, sid }) => [userId, sid && `sid:${sid}`], ...options });
  const signIn = async (userId = 'ada', device = 'laptop') => {
    const browser = new Browser(app.session);
    await browser.visit((own) => own().regenerate((data) => ({ ...data, userId, device, sid: device })));
    return browser;
  };
  /** Returns how many entries the index of a user has that are not revoked, dead ones included. */
  const indexed = async (key: string) =>
    (await app.store.memory.users.list(key, { limit: 99 }, callOptions())).entries.length;
  return { ...app, ada: app.session.user('ada'), signIn, indexed };
}

export const all = (browser: Browser<Data>) =>
  browser.visit((own) => own().all()).then(({ result }) => result);

/** Returns the handle of a user's session on a device. */
export async function handleOf(session: ReturnType<typeof setUp>['session'], device: string, userId = 'ada') {
  const found = (await session.user(userId).list()).find(({ data }) => data.device === device);
  return found?.handle ?? '';
}

/** Returns the names of the store calls that one request makes. */
export async function callsOf(
  store: SpyStore,
  browser: Browser<Data>,
  work: Parameters<Browser<Data>['visit']>[0],
): Promise<string> {
  store.spy.reset();
  await browser.visit(work);
  return store.spy.calls.join(' ');
}
