import { describe, expect, it, vi } from 'vitest';
import type { SessionEvent } from '../events/session-event.js';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import { hashSessionId } from '../record/session-id.js';
import { callOptions } from '../store-contract/store.js';
import { Browser } from '../test-kits/browser.js';
import { SpyStore } from '../test-kits/spy-store.js';
import {
  ADA,
  all,
  callsOf,
  DAY,
  type Data,
  handleOf,
  type Listed,
  MINUTE,
  NAME,
  setUp,
  startClock,
} from '../test-kits/user-sessions.js';
import type { AppSession } from './app-session.js';

startClock();

/** Signs users in one minute after another, so that it is known who was seen last. */
function limited(options: Partial<Options<Data, Listed>> = {}) {
  const events: SessionEvent[] = [];
  const app = setUp({ maxSessions: 2, onEvent: (event) => events.push(event), ...options });
  const signIn: typeof app.signIn = (...about) => {
    vi.setSystemTime(Date.now() + MINUTE);
    return app.signIn(...about);
  };
  /** Returns why sessions ended. Events come later. */
  const ends = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return events.flatMap((event) => (event.type === 'destroyed' ? [event.reason] : []));
  };
  return { ...app, signIn, ends };
}

const LIMIT = { code: 'ERR_SESSION_LIMIT' };

describe('end-oldest', () => {
  it('a sign-in beyond the limit ends the session that was not used for the longest time', async () => {
    const { signIn, devices, ends } = limited();
    const [laptop, phone] = [await signIn('ada', 'laptop'), await signIn('ada', 'phone')];
    vi.setSystemTime(Date.now() + 2 * MINUTE);
    await all(laptop);
    await signIn('ada', 'tablet');
    expect(await devices()).toEqual(['laptop', 'tablet']);
    expect(await all(phone)).toEqual({});
    expect(await ends()).toEqual(['limit']);
  });

  it('a request of the ended session that is under way can neither write it nor give it a new ID', async () => {
    const { signIn, store } = limited({ maxSessions: 1 });
    const laptop = await signIn('ada', 'laptop');
    await laptop.visit(async (own) => {
      await own().get('n');
      await signIn('ada', 'phone');
      await expect(own().set('n', 1)).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
    });
    const phone = await signIn('ada', 'tablet');
    store.spy.before('index', async () => void (await signIn('ada', 'desk')));
    await expect(phone.visit((own) => own().regenerate())).rejects.toMatchObject({
      code: 'ERR_SESSION_GONE',
    });
  });

  it('a lower limit ends several at the next sign-in', async () => {
    let max: number | null = null;
    const { signIn, devices, ends } = limited({ maxSessions: () => max });
    for (const device of ['a', 'b', 'c', 'd']) await signIn('ada', device);
    max = 2;
    await signIn('ada', 'e');
    expect(await devices()).toEqual(['d', 'e']);
    expect(await ends()).toEqual(['limit', 'limit', 'limit']);
  });

  it('ends more than a page of them', async () => {
    let max: number | null = null;
    const { signIn, devices } = limited({ maxSessions: () => max });
    for (let at = 0; at < 130; at++) await signIn('ada', `device ${at}`);
    max = 1;
    await signIn('ada', 'last');
    expect(await devices()).toEqual(['last']);
  });

  it('removes the entries of an ended session from the indices of its other users', async () => {
    const { store, signIn } = limited({
      maxSessions: 1,
      user: ({ userId, device }) => [userId, `on ${device}`],
    });
    await signIn('ada', 'laptop');
    await signIn('ada', 'phone');
    expect(
      await setUp({ store, user: ({ device }) => device })
        .session.user('on laptop')
        .list(),
    ).toEqual([]);
  });
});

describe('refuse', () => {
  const options = { onSessionLimit: 'refuse' } as const;

  it('a sign-in beyond the limit throws, and the visitor keeps what they had', async () => {
    const { session, signIn, devices, ends } = limited(options);
    await signIn('ada', 'laptop');
    await signIn('ada', 'phone');
    const guest = new Browser(session);
    await guest.visit((own) => own().set('n', 7));
    const before = new Map(guest.cookies);
    await guest.visit(async (own) => {
      const signingIn = own().regenerate((data) => ({ ...data, userId: 'ada' }));
      await expect(signingIn).rejects.toMatchObject({
        ...LIMIT,
        message: expect.stringMatching(/allows \(2\).*list\(\).*'end-oldest'/),
      });
      expect(await own().all()).toEqual({ n: 7 });
      await own().set('n', 8);
    });
    expect(guest.cookies).toEqual(before);
    expect(await all(guest)).toEqual({ n: 8 });
    expect(await devices()).toEqual(['laptop', 'phone']);
    expect(await ends()).toEqual([]);
  });

  it.each(['set', 'update', 'setAll', 'regenerate'] as const)(
    'also a sign-in by %s without a session',
    async (by) => {
      const { session, signIn, store } = limited({ ...options, maxSessions: 1 });
      await signIn('ada', 'laptop');
      const guest = new Browser(session);
      const visit = guest.visit(async (own) => {
        if (by === 'set') return own().set('userId', 'ada');
        if (by === 'setAll') return own().setAll({ userId: 'ada' });
        return own()[by](() => ({ userId: 'ada' }));
      });
      await expect(visit).rejects.toMatchObject(LIMIT);
      expect(guest.cookies.size).toBe(0);
      expect(store.spy.calls.filter((call) => call === 'index')).toHaveLength(2);
    },
  );

  it('there is room again after a sign-out, a revocation and an expiry, at once', async () => {
    const { session, signIn } = limited({ ...options, maxSessions: 1, idleTimeout: 3600 });
    const laptop = await signIn('ada', 'laptop');
    await laptop.visit((own) => own().destroy());
    await signIn('ada', 'phone');
    await session.user('ada').revoke(await handleOf(session, 'phone'));
    await signIn('ada', 'tablet');
    await expect(signIn('ada', 'desk')).rejects.toMatchObject(LIMIT);
    vi.setSystemTime(Date.now() + DAY);
    await signIn('ada', 'desk');
  });
});

describe('an entry that leads to no session', () => {
  const options = { maxSessions: 1, onSessionLimit: 'refuse' } as const;

  /** Returns the key of a session that is signed in. */
  async function keyOf(browser: Browser<Data>): Promise<string> {
    return hashSessionId(String((await browser.visit((own) => own().id())).result));
  }

  it('takes no place at once, and is removed before anybody is refused', async () => {
    let max: number | null = null;
    const { store, signIn, devices } = setUp({ ...options, maxSessions: () => max });
    // As many as the sweep of a MemoryStore does not find in a moment.
    const keys = [];
    for (let n = 0; n < 30; n++) keys.push(await keyOf(await signIn('ada', 'dead')));
    for (const key of keys) await store.memory.destroy(key);
    max = 1;
    await signIn('ada', 'laptop');
    vi.setSystemTime(Date.now() + 2 * MINUTE);
    await expect(signIn('ada', 'phone')).rejects.toMatchObject(LIMIT);
    const { entries } = await store.memory.users.list(ADA, { limit: 99 }, callOptions());
    expect(entries).toHaveLength(1);
    expect(await devices()).toEqual(['laptop']);
  });

  it('takes no place if its record does not open, as after a change of the encryption key', async () => {
    const before = limited({ ...options, encryptionKey: 'the encryption key of last year, that leaked' });
    await before.signIn('ada', 'laptop');
    const after = limited({
      ...options,
      store: before.store,
      encryptionKey: 'a new encryption key, made today',
    });
    await after.signIn('ada', 'phone');
    expect(await after.devices()).toEqual(['phone']);
  });
});

describe('what is a sign-in', () => {
  const options = { maxSessions: 1, onSessionLimit: 'refuse' } as const;

  it('not a new ID of a session that is signed in, nor another sign-in of the same user in it', async () => {
    const { signIn, devices } = limited(options);
    const laptop = await signIn('ada', 'laptop');
    await laptop.visit((own) => own().regenerate());
    await laptop.visit((own) => own().regenerate(() => ({ userId: 'ada', device: 'laptop 2' })));
    await laptop.visit((own) => own().set('n', 1));
    expect(await devices()).toEqual(['laptop 2']);
  });

  it('a session that passes to another user, who may have none left', async () => {
    const { signIn, devices } = limited(options);
    await signIn('ada', 'laptop');
    const phone = await signIn('bob', 'phone');
    const pass = phone.visit((own) => own().regenerate(() => ({ userId: 'ada', device: 'phone' })));
    await expect(pass).rejects.toMatchObject(LIMIT);
    expect(await devices('bob')).toEqual(['phone']);
    await phone.visit((own) => own().regenerate(() => ({ userId: 'cid', device: 'phone' })));
    // Bob has room again.
    await signIn('bob', 'tablet');
  });

  it.each(['setAll', 'regenerate'] as const)('%s, by which the second user becomes the first', async (by) => {
    const { session, signIn } = limited({ ...options, user: ({ userId, sid }) => [userId, sid] });
    const helped = new Browser(session);
    await helped.visit((own) => own().setAll({ userId: 'bob', sid: 'ada' }));
    await signIn('ada', 'laptop');
    const pass = helped.visit((own) =>
      by === 'setAll' ? own().setAll({ userId: 'ada' }) : own().regenerate(() => ({ userId: 'ada' })),
    );
    await expect(pass).rejects.toMatchObject(LIMIT);
    expect(await all(helped)).toEqual({ userId: 'bob', sid: 'ada' });
  });

  it('not the read that indexes a session from before the user option', async () => {
    const { store, session, signIn, devices } = limited(options);
    const old = new Browser(setUp({ store, user: undefined, name: 'users' }).session);
    await old.visit((own) => own().setAll({ userId: 'ada', device: 'old' }));
    await signIn('ada', 'laptop');
    const now = new Browser(session, Object.fromEntries(old.cookies));
    vi.setSystemTime(Date.now() + 2 * MINUTE);
    expect(await all(now)).toMatchObject({ device: 'old' });
    await now.visit((own) => own().set('n', 1));
    expect(await devices()).toEqual(['laptop', 'old']);
  });

  it('counts the first user of a session alone', async () => {
    const { session, signIn } = limited({ ...options, user: ({ userId, sid }) => [userId, sid] });
    await signIn('ada', 'laptop');
    const helped = new Browser(session);
    await helped.visit((own) => own().setAll({ userId: 'bob', sid: 'ada' }));
    await expect(signIn('bob', 'phone')).rejects.toMatchObject(LIMIT);
    expect(await session.user('ada').list()).toHaveLength(2);
  });
});

describe('maxSessions as a function', () => {
  it('is asked with the data that signs in; nothing is no limit', async () => {
    const { signIn, devices } = limited({ maxSessions: ({ userId }) => (userId === 'ada' ? 1 : undefined) });
    for (const device of ['a', 'b', 'c']) for (const user of ['ada', 'bob']) await signIn(user, device);
    expect(await devices('ada')).toEqual(['c']);
    expect(await devices('bob')).toEqual(['a', 'b', 'c']);
  });

  it.each([0, -1, 1.5, Number.NaN, '3', true])(
    'that returns %j throws, and nobody is signed in',
    async (max) => {
      const { signIn, devices } = limited({ maxSessions: () => max as number });
      await expect(signIn()).rejects.toMatchObject({
        code: 'ERR_SESSION_OPTIONS',
        message: expect.stringContaining('maxSessions'),
      });
      expect(await devices()).toEqual([]);
    },
  );

  it.each<[string, () => unknown]>([
    ['is async', async () => 1],
    [
      'fails later',
      async () => {
        throw new Error('No.');
      },
    ],
  ])('that %s throws, and nobody is signed in', async (_, max) => {
    const { signIn, devices } = limited({ maxSessions: max as () => number });
    await expect(signIn()).rejects.toMatchObject({
      code: 'ERR_SESSION_OPTIONS',
      message: expect.stringContaining('not awaited'),
    });
    expect(await devices()).toEqual([]);
  });

  it('gets a copy of the data', async () => {
    const changing = (data: { list?: number[] }) => data.list?.push(2) ?? 1;
    const { session } = limited({ maxSessions: changing as () => number });
    const browser = new Browser(session);
    await browser.visit((own) => own().setAll({ userId: 'ada', list: [1] } as never));
    expect(await all(browser)).toEqual({ userId: 'ada', list: [1] });
  });
});

describe('a wrong set-up throws', () => {
  it.each([
    ['maxSessions', { maxSessions: 0 }],
    ['maxSessions', { maxSessions: 1.5 }],
    ['maxSessions', { maxSessions: '3' as never }],
    ['maxSessions', { maxSessions: 3, user: undefined }],
    ['onSessionLimit', { maxSessions: 3, onSessionLimit: 'end' as never }],
    ['onSessionLimit', { maxSessions: undefined, onSessionLimit: 'refuse' }],
  ] as const)('%s: %j', (option, options) => {
    expect(() => limited(options)).toThrow(
      expect.objectContaining({ code: 'ERR_SESSION_OPTIONS', message: expect.stringContaining(option) }),
    );
  });
});

it('a sign-in costs three calls more, and a session that is signed in none', async () => {
  const { session, store, signIn } = limited();
  const free = nextAppSession<Data>({ name: NAME, secret: 'a secret', store, user: ({ userId }) => userId });
  const enter = (own: () => AppSession<Data>) => own().regenerate(() => ({ userId: 'ada' }));
  expect(await callsOf(store, new Browser(free), enter)).toBe('index set index');
  expect(await callsOf(store, new Browser(session), enter)).toBe('set list index set index set');
  const laptop = await signIn();
  expect(await callsOf(store, laptop, (own) => own().set('n', 1))).toBe('get set');
});

describe('with what changes the records or the index', () => {
  it('sessions that were made under a former cookie name take places, and are ended', async () => {
    const store = new SpyStore();
    const before = limited({ name: 'old', store });
    const [laptop] = [await before.signIn('ada', 'laptop'), await before.signIn('ada', 'phone')];
    const after = limited({ name: ['new', 'old'], store });
    await after.signIn('ada', 'tablet');
    expect(await after.devices()).toEqual(['phone', 'tablet']);
    expect(await all(laptop)).toEqual({});
    const refusing = limited({ name: ['new', 'old'], store, onSessionLimit: 'refuse' });
    await expect(refusing.signIn('ada', 'desk')).rejects.toMatchObject(LIMIT);
  });

  it.each<Partial<Options<Data, Listed>>>([
    { encryptionKey: 'an encryption key of 32 letters, or of some more' },
    { name: ['new', 'old'] },
  ])('50 sign-ins at once leave as many as there may be: %j', async (options) => {
    const kept = limited({ ...options, maxSessions: 3 });
    await Promise.all(Array.from({ length: 50 }, (_, n) => kept.signIn('ada', `device ${n}`)));
    expect(await kept.devices()).toHaveLength(3);
    const refusing = limited({ ...options, maxSessions: 3, onSessionLimit: 'refuse' });
    const ends = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) => refusing.signIn('ada', `device ${n}`)),
    );
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(await refusing.devices()).toHaveLength(3);
  });
});
