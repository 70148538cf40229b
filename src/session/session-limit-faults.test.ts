import { describe, expect, it, vi } from 'vitest';
import { signId } from '../cookie/signature.js';
import type { Options } from '../options/options.js';
import { Browser } from '../test-kits/browser.js';
import { actAsProcesses } from '../test-kits/processes.js';
import { REFUSAL, SpyStore } from '../test-kits/spy-store.js';
import { all, type Data, type Listed, setUp, startClock } from '../test-kits/user-sessions.js';

startClock();
actAsProcesses();

const REFUSE = { maxSessions: 1, onSessionLimit: 'refuse' } as const;
const LIMIT = { code: 'ERR_SESSION_LIMIT' };

/** Sign-ins whose lease lasts 300 ms. */
const quick = (options: Partial<Options<Data, Listed>> = {}) => setUp({ storeTimeout: 1.2, ...options });

type App = ReturnType<typeof setUp>;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Signs ada in 50 times at once, each in another process. Returns how each ended. */
async function signInAtOnce({ signIn }: App): Promise<string[]> {
  const signIns = Array.from({ length: 50 }, (_, at) => signIn('ada', `device ${at}`));
  const ended = await Promise.allSettled(signIns);
  return ended.map((end) => (end.status === 'fulfilled' ? 'ok' : end.reason.code));
}

describe('50 sign-ins at once', () => {
  it('end-oldest: all sign in, and as many sessions are left as may be', async () => {
    const app = setUp({ maxSessions: 3 });
    expect(new Set(await signInAtOnce(app))).toEqual(new Set(['ok']));
    expect(await app.devices()).toHaveLength(3);
  });

  it('refuse: as many sign in as may', async () => {
    const app = setUp({ ...REFUSE, maxSessions: 3 });
    const codes = await signInAtOnce(app);
    expect(codes.filter((code) => code === 'ok')).toHaveLength(3);
    expect(codes.filter((code) => code === 'ERR_SESSION_LIMIT')).toHaveLength(47);
    expect(await app.devices()).toHaveLength(3);
  });
});

it('the limit is exact while servers change over to another cookie name', async () => {
  const store = new SpyStore();
  const steps = [['users'], ['users', 'new'], ['new', 'users'], ['new']] as const;
  const [oldOnly, oldFirst, newFirst, newOnly] = steps.map((name) =>
    setUp({ ...REFUSE, store, name: [...name] }),
  ) as [App, App, App, App];
  for (const [one, other] of [
    [oldOnly, oldFirst],
    [oldFirst, newFirst],
    [newFirst, newOnly],
  ] as const) {
    const signIns = Array.from({ length: 10 }, (_, at) =>
      (at % 2 ? one : other).signIn('ada', `device ${at}`),
    );
    await Promise.allSettled(signIns);
    expect(await newFirst.devices()).toHaveLength(1);
    await newFirst.ada.revokeAll();
  }
});

describe('a process that dies within a sign-in', () => {
  // The first `set` takes the lease, the second one writes the session. The next sign-in waits less than storeTimeout, or it throws.
  it.each([
    ['list', 1],
    ['index', 1],
    ['set', 2],
    ['index', 2],
  ] as const)(
    'at %s, call %i of these: holds the next one up for a moment, and takes no place',
    async (call, nth) => {
      const app = quick(REFUSE);
      for (let before = 1; before < nth; before++) app.store.spy.before(call, async () => {});
      app.store.spy.hang(call);
      const dead = app.signIn('ada', 'dead');
      dead.catch(() => {});
      await vi.waitFor(() => expect(app.store.spy.calls.filter((one) => one === call)).toHaveLength(nth));
      const isWritten = call === 'index' && nth === 2;
      const next = app.signIn('ada', 'next');
      // The session that it has written is there, and nobody has its cookie. It lasts until it is not used for too long.
      if (isWritten) await expect(next).rejects.toMatchObject(LIMIT);
      else await next;
      if (!isWritten) expect(await app.devices()).toEqual(['next']);
    },
  );
});

describe('a sign-in that stalls', () => {
  /** Holds the write of the session up until another sign-in is through. */
  async function stall(app: App, signIn: () => Promise<unknown>) {
    app.store.spy.before('set', async () => {});
    app.store.spy.before('set', async () => {
      await app.signIn('ada', 'other');
    });
    return signIn();
  }

  it('refuse: finds that another has taken the last place, and is refused', async () => {
    const app = quick(REFUSE);
    await expect(stall(app, () => app.signIn('ada', 'slow'))).rejects.toMatchObject(LIMIT);
    expect(await app.devices()).toEqual(['other']);
  });

  it('refuse: a session that keeps its ID has ended then', async () => {
    const app = quick(REFUSE);
    const slow = new Browser(app.session);
    await slow.visit((own) => own().set('n', 1));
    const signIn = () =>
      slow.visit((own) => own().update((data) => ({ ...data, userId: 'ada', device: 'slow' })));
    await expect(stall(app, signIn)).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
    expect(await app.devices()).toEqual(['other']);
  });

  it('end-oldest: ends the other', async () => {
    const app = quick({ maxSessions: 1 });
    await stall(app, () => app.signIn('ada', 'slow'));
    expect(await app.devices()).toEqual(['slow']);
  });

  it('on a server with a longer storeTimeout: counts again too', async () => {
    const slow = setUp({ ...REFUSE, storeTimeout: 60 });
    const app = quick({ ...REFUSE, store: slow.store });
    slow.store.spy.before('set', async () => {});
    slow.store.spy.before('set', async () => {
      await app.signIn('ada', 'other');
    });
    await expect(slow.signIn('ada', 'slow')).rejects.toMatchObject(LIMIT);
    expect(await app.devices()).toEqual(['other']);
  });

  it('before its write: counts again, and writes nothing', async () => {
    const app = quick(REFUSE);
    const slow = new Browser(app.session);
    await slow.visit((own) => own().set('n', 1));
    const { users } = app.store.memory;
    const list = users.list.bind(users);
    vi.spyOn(users, 'list').mockImplementationOnce(async (...page) => {
      const nobody = await list(...page);
      await app.signIn('ada', 'other');
      return nobody;
    });
    const signIn = slow.visit((own) => own().update((data) => ({ ...data, userId: 'ada' })));
    await expect(signIn).rejects.toMatchObject(LIMIT);
    expect(await app.devices()).toEqual(['other']);
    expect(await all(slow)).toEqual({ n: 1 });
  });
});

describe('a store that fails', () => {
  const failures: [string, (spy: SpyStore['spy'], call: 'set' | 'list' | 'revoke' | 'index') => void][] = [
    ['refuses', (spy, call) => spy.fail(call, REFUSAL)],
    ['is gone', (spy, call) => spy.fail(call, Object.assign(new Error('No.'), { code: 'ECONNREFUSED' }), 9)],
  ];
  for (const [how, fail] of failures) {
    it.each(['set', 'list', 'revoke', 'index'] as const)(
      `${how} at %s: nobody is signed in beyond the limit`,
      async (call) => {
        const app = quick({ maxSessions: 1 });
        await app.signIn('ada', 'first');
        fail(app.store.spy, call);
        await expect(app.signIn('ada', 'second')).rejects.toMatchObject({ code: /ERR_SESSION_STORE/ });
        app.store.spy.calm();
        expect((await app.devices()).length).toBeLessThanOrEqual(1);
        await app.signIn('ada', 'third');
        expect(await app.devices()).toEqual(['third']);
      },
    );
  }

  it.each(['set', 'list', 'revoke', 'index', 'destroy'] as const)(
    'loses the answer of %s: the limit is kept',
    async (call) => {
      const app = quick({ maxSessions: 1 });
      await app.signIn('ada', 'first');
      app.store.spy.lose(call);
      await app.signIn('ada', 'second').catch(() => {});
      await app.signIn('ada', 'third');
      expect(await app.devices()).toEqual(['third']);
    },
  );

  it('does not take the lease back: the sign-in counts, and the next one waits', async () => {
    const app = quick({ maxSessions: 1 });
    app.store.spy.before('set', async () => {});
    app.store.spy.before('set', async () => {
      app.store.spy.fail('set', REFUSAL);
    });
    await app.signIn('ada', 'first');
    await sleep(1);
    await app.signIn('ada', 'second');
    expect(await app.devices()).toEqual(['second']);
  });
});

describe('what is under the key of the lease', () => {
  it('a lease for ages, as somebody could plant it: holds the next one up for a fourth of storeTimeout', async () => {
    const app = quick({ maxSessions: 1 });
    let planted = { cookie: {}, __session: [] as unknown[] };
    app.store.spy.before('list', async () => {
      planted = (await app.store.memory.get(app.store.spy.keys[0] ?? '')) as never;
    });
    await app.signIn('ada', 'first');
    const key = app.store.spy.keys[0] ?? '';
    const renewals = [['sign-in', 'planted', 1e12, 330_000]];
    const __session = [...planted.__session.slice(0, 7), { renewals }];
    await app.store.memory.set(key, { cookie: { expires: Date.now() + 1e12 }, __session });
    await app.signIn('ada', 'second');
    expect(await app.devices()).toEqual(['second']);
  });

  it('is no session of any cookie, with IDs that are not hashed either', async () => {
    const app = setUp({ maxSessions: 1, hashIds: false, secret: 'a secret' });
    let key = '';
    app.store.spy.before('list', async () => {
      key = app.store.spy.keys[0] ?? '';
      const thief = new Browser(app.session, { users: signId(key, ['a secret']) });
      await thief.visit(async (own) => expect(await own().all()).toEqual({}));
    });
    await app.signIn();
    expect(key).toMatch(/^[\w-]{43}$/);
  });

  it('holds nobody up if the store does not read it, as RedisStore does not what is too large', async () => {
    const app = quick({ maxSessions: 1 });
    await app.signIn('ada', 'first');
    const key = app.store.spy.keys[0] ?? '';
    await app.store.memory.set(key, { cookie: { expires: Date.now() + 1e6 } });
    const { load } = app.store.memory.atomic;
    vi.spyOn(app.store.memory.atomic, 'load').mockImplementation(async (id, options) => {
      const found = await load(id, options);
      return id === key && found?.record?.__session === undefined && found
        ? { record: null, unreadable: true, version: '' }
        : found;
    });
    await app.signIn('ada', 'second');
    expect(await app.devices()).toEqual(['second']);
  });

  it('holds nobody up if it is no lease', async () => {
    const app = quick({ maxSessions: 1 });
    await app.signIn('ada', 'first');
    const key = app.store.spy.keys[0] ?? '';
    await app.store.memory.set(key, { cookie: { expires: Date.now() + 1e6 }, planted: true });
    const startedAt = performance.now();
    await app.signIn('ada', 'second');
    expect(performance.now() - startedAt).toBeLessThan(300);
    expect(await app.devices()).toEqual(['second']);
  });
});
