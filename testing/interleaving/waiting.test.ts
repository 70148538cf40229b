import { cookies } from 'next/headers.js';
import { expect, it } from 'vitest';
import nextAppSession, { type Store } from '../../src/index.js';
import { MemoryStore } from '../../src/stores/memory/memory-store.js';
import { createSessionTester } from '../tester/create-session-tester.js';
import type { SessionTester } from '../tester/session-tester.js';
import { forEachInterleaving } from './for-each-interleaving.js';

interface Data {
  userId: string;
  n: number;
  tokens: number;
}

const secret = 'a secret that is long enough to be one';
const session = nextAppSession<Data>({ name: 'waiting', secret });
const hasty = nextAppSession<Data>({ name: 'hasty', secret, storeTimeout: 0.1 });
const limited = nextAppSession<Data>({
  name: 'limited-waiting',
  secret,
  user: (data) => data.userId,
  maxSessions: 1,
});

const refreshing = (renew: () => number | Promise<number>, timeout?: number) => () =>
  session().refresh('tokens', { isFresh: (tokens) => tokens > 0, renew, timeout });

const codeOf = (error: { code?: string }) => error.code;

it('renew runs in the request that calls it, and may read its cookies', async () => {
  const renew = async () => (await cookies()).getAll().length;
  await forEachInterleaving(
    session,
    { data: { tokens: 0 }, cookies: { theme: 'dark' } },
    [(t) => t.action(refreshing(renew))],
    (_, [{ result }]) => expect(result).toBe(2),
  );
});

it('renew that never ends is given up at its timeout', async () => {
  await forEachInterleaving(
    session,
    { data: { tokens: 0 } },
    [(t) => t.action(refreshing(() => new Promise(() => {}), 0.05)).catch(codeOf)],
    (_, [code]) => expect(code).toBe('ERR_SESSION_REFRESH'),
  );
});

it('a store that hangs is given up at its timeout', async () => {
  const store = (): Store<object> => {
    const inner = new MemoryStore();
    return {
      get: (key) => inner.get(key),
      set: (key, record) => inner.set(key, record),
      destroy: (key) => inner.destroy(key),
      atomic: {
        load: (key, options) => inner.atomic.load(key, options),
        swap: () => new Promise(() => {}),
      },
    };
  };
  await forEachInterleaving(
    hasty,
    { data: { tokens: 0 }, store },
    [(t) => t.action(() => hasty().set('n', 1)).catch(codeOf)],
    (_, [code]) => expect(code).toBe('ERR_SESSION_STORE_TIMEOUT'),
  );
});

it('a lease that a failed call has left in the store is waited for, in no time', async () => {
  const refresh = refreshing(() => 1);
  const report = await forEachInterleaving(
    session,
    { data: { tokens: 0 }, faults: true },
    [(t) => t.action(refresh), (t) => t.action(refresh)],
    (_, results) => {
      // The one whose call failed may have thrown.
      for (const { result } of results.filter((outcome) => outcome !== undefined)) expect(result).toBe(1);
    },
  );
  expect(report.isComplete).toBe(true);
});

it('so is one of a sign-in, where a user may have one session', async () => {
  const signIn = async (t: SessionTester<Data>) => {
    const browser = createSessionTester(limited, { store: t.store });
    await browser.action(() => limited().set('userId', 'ada'));
  };
  const { isComplete } = await forEachInterleaving(
    limited,
    { faults: true, max: 300 },
    [signIn, signIn],
    () => {},
  );
  expect(isComplete).toBe(true);
});
