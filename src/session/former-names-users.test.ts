import { describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import { Browser } from '../test-kits/browser.js';
import { NextScope } from '../test-kits/next-scope.js';
import { SpyStore } from '../test-kits/spy-store.js';
import { startClock } from '../test-kits/user-sessions.js';
import type { AppSession } from './app-session.js';

interface Data {
  userId: string;
  device: string;
  n: number;
}

const NEW = '__Host-sid';

startClock();

/** Sets up an app with users, before and after its cookie got another name, on one store. */
function setUp(oidc = false) {
  const store = new SpyStore();
  const user = ({ userId, device }: Partial<Data>) => (oidc ? [userId, device && `sid:${device}`] : userId);
  const common = {
    secret: 'a secret',
    store,
    user,
    listed: ({ device = '' }: Partial<Data>) => ({ device }),
    cookie: { secure: true },
  };
  const before = nextAppSession<Data, { device: string }>({ ...common, name: 'sid' });
  const session = nextAppSession<Data, { device: string }>({ ...common, name: [NEW, 'sid'] });
  const onlyNew = nextAppSession<Data, { device: string }>({ ...common, name: NEW });
  /** A server that does not set the new name yet. */
  const oldFirst = nextAppSession<Data, { device: string }>({ ...common, name: ['sid', NEW] });
  /** Signs ada in, and returns a browser of the app as it is now. */
  const signIn = async (device: string, from = before, maxAge?: number) => {
    const browser = new Browser<Data>(from);
    const change = (data: Partial<Data>) => ({ ...data, userId: 'ada', device });
    await browser.visit((own) => own().regenerate(change, { ...(maxAge !== undefined && { maxAge }) }));
    store.spy.reset();
    return new Browser<Data>(session, Object.fromEntries(browser.cookies));
  };
  const devices = async (app = session) =>
    (await app.user('ada').list()).map(({ data }) => data.device).sort();
  const render = <T>(browser: Browser<Data>, work: (own: AppSession<Data>) => Promise<T>): Promise<T> => {
    const header = [...browser.cookies].map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return new NextScope(header.join('; ')).run('render', () => work(session()));
  };
  return { store, before, oldFirst, session, onlyNew, signIn, devices, render };
}

const deviceOf = (browser: Browser<Data>) =>
  browser.visit((own) => own().get('device')).then(({ result }) => result);

/** Does something before one of the store calls of some work. Returns false if the work makes fewer calls. */
async function during(
  { spy }: SpyStore,
  moment: number,
  act: () => Promise<unknown>,
  work: () => Promise<unknown>,
): Promise<boolean> {
  const seen = spy.seen.bind(spy);
  let calls = 0;
  spy.seen = async (...args) => {
    if (calls++ === moment) await act();
    return seen(...args) as never;
  };
  await work();
  spy.seen = seen;
  return calls > moment;
}

describe('the sessions of a user, some of them made under a former name', () => {
  it('are listed together, each once, and all are revoked', async () => {
    const { session, signIn, devices, render } = setUp();
    const moved = await signIn('moved');
    await render(moved, (own) => own.get('n'));
    const others = [moved, await signIn('old'), await signIn('new', session)];
    expect(await devices()).toEqual(['moved', 'new', 'old']);
    expect(await session.user('ada').revokeAll()).toBe(3);
    for (const browser of others) expect(await deviceOf(browser)).toBeNull();
    expect(await devices()).toEqual([]);
  });

  it('are all found under the first name alone once they have been read', async () => {
    const { onlyNew, signIn, devices, render } = setUp();
    const [read, unread] = [await signIn('read'), await signIn('unread')];
    await render(read, (own) => own.get('n'));
    expect(await devices(onlyNew)).toEqual(['read']);
    // The other one opens no more, by neither cookie.
    const [value = ''] = unread.cookies.values();
    expect(await deviceOf(new Browser(onlyNew, { [NEW]: value, sid: value }))).toBeNull();
    expect(await onlyNew.user('ada').revokeAll()).toBe(1);
    expect(await deviceOf(read)).toBeNull();
  });

  it('keep their handles', async () => {
    const { session, signIn, devices, render } = setUp();
    const [first, second] = [await signIn('first'), await signIn('second')];
    const handles = new Map(
      (await session.user('ada').list()).map(({ handle, data }) => [data.device, handle]),
    );
    await render(first, (own) => own.get('n'));
    await first.visit((own) => own().regenerate());
    for (const device of ['first', 'second']) {
      expect(await session.user('ada').revoke(handles.get(device) ?? '')).toBe(true);
    }
    expect(await devices()).toEqual([]);
    expect([await deviceOf(first), await deviceOf(second)]).toEqual([null, null]);
  });

  it('are revoked by revokeOthers(), except the one of the request, which alone the store is told of', async () => {
    const { session, signIn, store, devices } = setUp();
    const own = await signIn('own');
    await signIn('old');
    await signIn('new', session);
    const revoke = vi.spyOn(store.users, 'revoke');
    await own.visit(async (_, { request, response }) => {
      const ada = session.user('ada', request, response);
      const current = (await ada.list()).filter((one) => one.current);
      expect(await ada.revokeOthers()).toBe(2);
      const kept = revoke.mock.calls.flatMap(([, choice]) => choice.except);
      expect(new Set(kept)).toEqual(new Set(current.map(({ handle }) => handle)));
    });
    expect(await devices()).toEqual(['own']);
    expect(await deviceOf(own)).toBe('own');
  });

  it('come in pages, each session once', async () => {
    const { session, signIn } = setUp();
    for (const n of [1, 2, 3]) await signIn(`old ${n}`);
    for (const n of [1, 2]) await signIn(`new ${n}`, session);
    const moved = await signIn('moved');
    await moved.visit((own) => own().set('n', 1));
    for (const limit of [1, 2, 3, 4, 5]) {
      const seen: (string | undefined)[] = [];
      let cursor: string | null = null;
      let pages = 0;
      do {
        const page: Awaited<ReturnType<ReturnType<typeof session.user>['list']>> = await session
          .user('ada')
          .list({ limit, cursor });
        seen.push(...page.map(({ data }) => data.device as string));
        cursor = page.cursor;
        pages++;
      } while (cursor !== null);
      expect(seen.sort()).toEqual(['moved', 'new 1', 'new 2', 'old 1', 'old 2', 'old 3']);
      expect(pages).toBeLessThanOrEqual(Math.ceil(6 / limit) + 1);
    }
  });

  it.each(['7~', '9~x', '~', '0', '1~1:x', 'x'.repeat(10_000)])(
    'can be listed with the cursor %j',
    async (cursor) => {
      const { session, signIn } = setUp();
      await signIn('old');
      expect((await session.user('ada').list({ cursor })).length).toBeLessThanOrEqual(1);
    },
  );
});

describe('a session that moves to the first name', () => {
  it('keeps its lifetime, and the end of its entry', async () => {
    const { session, signIn } = setUp();
    const browser = await signIn('laptop', undefined, 90_000);
    const { cookies } = await browser.visit((own) => own().set('n', 1));
    expect(cookies[0]).toMatchObject({ name: NEW, attributes: { 'max-age': '90000' } });
    expect(await session.user('ada').list()).toHaveLength(1);
  });

  it('leaves a grace copy when it gets a new ID, even if nobody has read it before', async () => {
    const { signIn } = setUp();
    const browser = await signIn('laptop');
    const tab = new Browser(browser.session, Object.fromEntries(browser.cookies));
    await browser.visit((own) => own().regenerate());
    expect(await deviceOf(tab)).toBe('laptop');
    expect(await deviceOf(browser)).toBe('laptop');
  });

  it('still loses its lifetime when it passes to another user', async () => {
    const { signIn } = setUp();
    const browser = await signIn('laptop', undefined, 90_000);
    const { cookies } = await browser.visit((own) => own().set('userId', 'eve'));
    expect(cookies[0]?.attributes).not.toHaveProperty('max-age');
  });
});

const moves: [string, (own: () => AppSession<Data>) => Promise<unknown>][] = [
  ['read', (own) => own().get('n')],
  ['write', (own) => own().set('n', 1)],
  ['regenerate', (own) => own().regenerate()],
];

describe.each([false, true])('revocation (several users: %j) wins', (oidc) => {
  it.each(moves)('at every moment of a %s that moves the session', async (_, move) => {
    let moment = 0;
    for (; ; moment++) {
      const { store, session, signIn, devices } = setUp(oidc);
      const browser = await signIn('laptop');
      const old = new Map(browser.cookies);
      const revoke = () => session.user('ada').revokeAll();
      if (!(await during(store, moment, revoke, () => browser.visit(move).catch(() => {})))) break;
      const left = new Browser(session, Object.fromEntries([...browser.cookies, ...old]));
      expect([moment, await deviceOf(left), await devices()]).toEqual([moment, null, []]);
    }
    expect(moment).toBeGreaterThan(2);
  });

  it.each(moves)('if a %s moves the session at any moment of it', async (_, move) => {
    let moment = 0;
    for (; ; moment++) {
      const { store, session, signIn, devices } = setUp(oidc);
      const browser = await signIn('laptop');
      const old = new Map(browser.cookies);
      const visit = () => browser.visit(move).catch(() => {});
      if (!(await during(store, moment, visit, () => session.user('ada').revokeAll()))) break;
      const left = new Browser(session, Object.fromEntries([...browser.cookies, ...old]));
      expect([moment, await deviceOf(left), await devices()]).toEqual([moment, null, []]);
    }
    expect(moment).toBeGreaterThan(2);
  });

  it.each(moves)(
    'if, at any moment of it, a %s on a server with the old order moves the session back',
    async (_, move) => {
      let moment = 0;
      for (; ; moment++) {
        const { store, oldFirst, session, signIn, devices } = setUp(oidc);
        const browser = await signIn('laptop', session);
        // As if nobody had read it under the old name for long.
        const back = new Browser(oldFirst, Object.fromEntries(browser.cookies));
        const visit = () => back.visit(move).catch(() => {});
        if (!(await during(store, moment, visit, () => session.user('ada').revokeAll()))) break;
        const left = new Browser(session, Object.fromEntries(back.cookies));
        expect([moment, await deviceOf(left), await devices()]).toEqual([moment, null, []]);
      }
      expect(moment).toBeGreaterThan(2);
    },
  );
});

it.each(moves)('a sign-out wins, if at any moment of it a %s moves the session back', async (_, move) => {
  // After it has read the session. Before that, the session has a new ID already.
  let moment = 1;
  for (; ; moment++) {
    const { store, oldFirst, session, signIn, devices } = setUp();
    const browser = await signIn('laptop', session);
    const back = new Browser(oldFirst, Object.fromEntries(browser.cookies));
    let wasMet = false;
    let calls = 0;
    const seen = store.spy.seen.bind(store.spy);
    store.spy.seen = async (...args) => {
      if (calls++ === moment) {
        wasMet = true;
        await back.visit(move).catch(() => {});
      }
      return seen(...args) as never;
    };
    await browser.visit((own) => own().destroy());
    store.spy.seen = seen;
    if (!wasMet) break;
    const left = new Browser(session, Object.fromEntries(back.cookies));
    expect([moment, await deviceOf(left), await devices()]).toEqual([moment, null, []]);
  }
  expect(moment).toBeGreaterThan(2);
});

it('a revocation says that it is not finished if sessions move from index to index without end', async () => {
  const { store, session } = setUp();
  let n = 0;
  vi.spyOn(store.memory.users, 'revoke').mockImplementation(async () => [
    { entry: 'moving', records: [{ key: `key-${n++}`, record: null }], isRecent: false },
  ]);
  await expect(session.user('ada').revokeAll()).rejects.toMatchObject({ code: 'ERR_SESSION_CONFLICT' });
});
