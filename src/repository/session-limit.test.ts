import { describe, expect, it, vi } from 'vitest';
import type { SessionEvent } from '../events/session-event.js';
import type { Options } from '../options/options.js';
import { hashSessionId } from '../record/session-id.js';
import { Browser } from '../test-kits/browser.js';
import { actAsProcesses } from '../test-kits/processes.js';
import { REFUSAL } from '../test-kits/spy-store.js';
import { all, type Data, type Listed, setUp, startClock } from '../test-kits/user-sessions.js';

startClock();
actAsProcesses();

/** Sets up an app in which a user may have one session, or as many as `options` say. */
function limited(options: Partial<Options<Data, Listed>> = {}) {
  const events: SessionEvent[] = [];
  const app = setUp({ maxSessions: 1, onEvent: (event) => events.push(event), ...options });
  /** Returns why sessions ended. Events come later. */
  const ends = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return events.flatMap((event) => (event.type === 'destroyed' ? [event.reason] : []));
  };
  return { ...app, ends };
}

const keyOf = async (browser: Browser<Data>) =>
  hashSessionId((await browser.visit((own) => own().id())).result ?? '');

describe('what leaves no room is ended', () => {
  it('a hundred at a time, each named once', async () => {
    let max: number | null = null;
    const { store, signIn, devices } = limited({ maxSessions: () => max });
    for (let at = 0; at < 200; at++) await signIn('ada', `device ${at}`);
    max = 1;
    const revoke = vi.spyOn(store.memory.users, 'revoke');
    await signIn('ada', 'last');
    expect(revoke.mock.calls.map(([, { only }]) => new Set(only).size)).toEqual([100, 100]);
    expect(await devices()).toEqual(['last']);
  });

  it('and counts only if it is still there then', async () => {
    const { store, signIn, ends } = limited();
    const key = await keyOf(await signIn('ada', 'first'));
    store.spy.before('revoke', () => store.memory.destroy(key));
    await signIn('ada', 'second');
    expect(await ends()).toEqual([]);
  });

  it('or nobody is signed in', async () => {
    const { store, session, signIn, devices } = limited();
    const first = await signIn('ada', 'first');
    store.spy.fail('destroy', REFUSAL);
    await expect(signIn('ada', 'second')).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
    expect(await devices()).toEqual([]);
    // Its entry stays revoked, for the next revocation.
    expect(await session.user('ada').revokeAll()).toBe(1);
    expect(await all(first)).toEqual({});
  });
});

it('a sign-in that stalls, in a session that another request writes meanwhile, begins again and is refused', async () => {
  const { store, session, signIn, devices } = limited({ onSessionLimit: 'refuse', storeTimeout: 1.2 });
  const slow = new Browser(session);
  await slow.visit((own) => own().set('n', 1));
  // The first one takes the lease, which lasts 300 ms.
  store.spy.before('set', async () => {});
  store.spy.before('set', async () => {
    await slow.visit((own) => own().set('n', 2));
    await signIn('ada', 'other');
  });
  const pass = slow.visit((own) => own().update((data) => ({ ...data, userId: 'ada' })));
  await expect(pass).rejects.toMatchObject({ code: 'ERR_SESSION_LIMIT' });
  // It has written nothing, so nothing is ended.
  expect(await all(slow)).toEqual({ n: 2 });
  expect(await devices()).toEqual(['other']);
});

it('a sign-in counts as one if the `user` option cannot take what the session had before', async () => {
  const user = ({ userId, n }: Partial<Data>) => {
    if (n !== undefined) throw new Error('of the app');
    return userId;
  };
  const { store, session, signIn, devices } = limited({ user });
  await signIn('ada', 'first');
  const browser = new Browser(setUp({ store, user: undefined }).session);
  await browser.visit((own) => own().setAll({ userId: 'ada', n: 1 }));
  const known = new Browser(session, Object.fromEntries(browser.cookies));
  await known.visit((own) => own().setAll({ userId: 'ada', device: 'second' }));
  expect(await devices()).toEqual(['second']);
});
