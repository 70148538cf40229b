import { describe, expect, it, vi } from 'vitest';
import { signId } from '../cookie/signature.js';
import { parseRecord } from '../record/record.js';
import { hashSessionId } from '../record/session-id.js';
import { userKey } from '../record/user-key.js';
import { callOptions, type SessionRecord } from '../store-contract/store.js';
import { Browser } from '../test-kits/browser.js';
import {
  ADA,
  all,
  callsOf,
  DAY,
  type Data,
  MINUTE,
  NAME,
  SID,
  setUp,
  setUpTwoKeys,
  startClock,
} from '../test-kits/user-sessions.js';

startClock();

const GONE = { code: 'ERR_SESSION_GONE' };
const down = new Error('down');
const KEYS = ['ada', 'sid:laptop'];
const idOf = async (browser: Browser<Data>) => (await browser.visit((own) => own().id())).result ?? '';

it('cost store calls for each user, where the user or the ID changes', async () => {
  const { session, store } = setUpTwoKeys();
  const browser = new Browser(session);
  const calls = (work: Parameters<typeof browser.visit>[0]) => callsOf(store, browser, work);
  expect(await calls((own) => own().set('n', 1))).toBe('set');
  expect(await calls((own) => own().regenerate((data) => ({ ...data, userId: 'ada', sid: 'laptop' })))).toBe(
    'get index index set index index set',
  );
  expect(await calls((own) => own().get('n'))).toBe('get');
  expect(await calls((own) => own().set('n', 2))).toBe('get set');
  // The last two delete the grace copy, which still shows who left.
  expect(await calls((own) => own().set('sid', 'tablet'))).toBe('get index set index get set');
  expect(await calls((own) => own().regenerate())).toBe(
    'get index index set index index set unindex unindex',
  );
  // One entry ends the session, and those of the others are removed.
  vi.advanceTimersByTime(2 * MINUTE);
  expect(await calls((own) => own().destroy())).toBe('get index revoke get get destroy unindex unindex');
});

it('cost no call that waits for the one of another user', async () => {
  const { session, store } = setUpTwoKeys();
  const browser = new Browser(session);
  await browser.visit((own) => own().set('n', 1));
  let isOtherSent = false;
  store.spy.reset();
  store.spy.before('index', async () => {
    await Promise.resolve();
    isOtherSent = store.spy.calls.filter((call) => call === 'index').length === 2;
  });
  await browser.visit((own) => own().update(() => ({ userId: 'ada', sid: 'laptop' })));
  expect(isOtherSent).toBe(true);
});

describe.each(KEYS)('a session of two users that %s revokes', (key) => {
  const other = key === 'ada' ? SID : ADA;

  it.each(['set', 'update', 'regenerate', 'destroy key'] as const)(
    'cannot be written by a request under way: %s',
    async (how) => {
      const { session, signIn, indexed } = setUpTwoKeys();
      const browser = await signIn();
      const slow = browser.open();
      await slow.session().get('device');
      await session.user(key).revokeAll();
      const writes = {
        set: () => slow.session().set('sid', 'tablet'),
        update: () => slow.session().update((data) => ({ ...data, n: 1 })),
        regenerate: () => slow.session().regenerate(),
        'destroy key': () => slow.session().destroy('device'),
      };
      await expect(writes[how]()).rejects.toMatchObject(GONE);
      expect(await all(browser)).toEqual({});
      expect(await indexed(other)).toBe(0);
    },
  );

  it.each([5, 0])(
    'cannot get a new ID before its record is deleted, with a grace period of %i s',
    async (regenerateGrace) => {
      const { session, signIn, store, indexed } = setUpTwoKeys({ regenerateGrace });
      const browser = await signIn();
      store.spy.before('destroy', async () => {
        await expect(browser.visit((own) => own().regenerate())).rejects.toMatchObject(GONE);
      });
      expect(await session.user(key).revokeAll()).toBe(1);
      expect(await all(browser)).toEqual({});
      expect(await indexed(other)).toBe(0);
    },
  );

  it.each(['revoke', 'destroy'] as const)('ends if it gets a new ID before %s', async (operation) => {
    const { session, signIn, store, indexed } = setUpTwoKeys();
    const browser = await signIn();
    store.spy.before(operation, () => browser.visit((own) => own().regenerate()).catch(() => {}));
    expect(await session.user(key).revokeAll()).toBe(1);
    expect(await all(browser)).toEqual({});
    expect(await indexed(other)).toBe(0);
  });

  it('finds that out if its new record is on its way', async () => {
    const { session, signIn, store, indexed } = setUpTwoKeys();
    const browser = await signIn();
    store.spy.before('set', () => session.user(key).revokeAll());
    await expect(browser.visit((own) => own().regenerate())).rejects.toMatchObject(GONE);
    expect(await all(browser)).toEqual({});
    expect([await indexed(ADA), await indexed(SID)]).toEqual([0, 0]);
  });

  it.each(['regenerate', 'set'] as const)(
    'before its first record is written by %s finds that out',
    async (how) => {
      const { session, store, indexed } = setUpTwoKeys();
      const browser = new Browser(session);
      await browser.visit((own) => own().set('n', 1));
      const { cookies } = await browser.visit(async (own) => {
        await own().get('n');
        store.spy.before('set', async () => expect(await session.user(key).revokeAll()).toBe(0));
        const data = { n: 1, userId: 'ada', sid: 'laptop' };
        const signIn = {
          regenerate: () => own().regenerate(() => data),
          set: () => own().setAll(data),
        };
        await expect(signIn[how]()).rejects.toMatchObject(GONE);
      });
      expect(cookies).toEqual([]);
      expect(await all(browser)).not.toHaveProperty('userId');
      expect([await indexed(ADA), await indexed(SID)]).toEqual([0, 0]);
    },
  );

  it('ends if another request writes it meanwhile, also one that makes it somebody else’s', async () => {
    const { session, signIn, store } = setUpTwoKeys();
    for (const change of [{ n: 1 }, { sid: 'tablet' }, { userId: 'bob' }]) {
      const browser = await signIn();
      store.spy.before('destroy', () =>
        browser.visit((own) => own().update((data) => ({ ...data, ...change }))),
      );
      expect(await session.user(key).revokeAll()).toBe(1);
      expect(await all(browser)).toEqual({});
    }
  });

  it('ends though the index of the other does not answer, and the other lists it no more', async () => {
    const { session, signIn, store } = setUpTwoKeys();
    const browser = await signIn();
    const { remove } = store.users;
    vi.spyOn(store.users, 'remove').mockImplementation((user, ...call) =>
      user === other ? Promise.reject(down) : remove(user, ...call),
    );
    expect(await session.user(key).revokeAll()).toBe(1);
    expect(await all(browser)).toEqual({});
    const otherKey = key === 'ada' ? 'sid:laptop' : 'ada';
    expect(await session.user(otherKey).list()).toEqual([]);
    expect(await session.user(otherKey).revokeAll()).toBe(0);
  });

  it('ends with a new ID whose key one index took: the entry there is removed', async () => {
    const { session, signIn, store, indexed } = setUpTwoKeys();
    const browser = await signIn();
    const { add } = store.users;
    let isRevoked = false;
    // One index takes the new key, and before the other is asked, that one's user revokes.
    vi.spyOn(store.users, 'add').mockImplementation(async (user, ...call) => {
      if (user === other) return add(user, ...call);
      if (!isRevoked) {
        isRevoked = true;
        await session.user(key).revokeAll();
      }
      return add(user, ...call);
    });
    await expect(browser.visit((own) => own().regenerate())).rejects.toMatchObject(GONE);
    expect(await indexed(other)).toBe(0);
    expect(await all(browser)).toEqual({});
  });
});

describe('the index of one of two users', () => {
  it.each(KEYS)('of %s that fails lets nobody sign in, and what others wrote stays', async (key) => {
    const { session, store } = setUpTwoKeys();
    const failing = userKey(NAME, key);
    const browser = new Browser(session);
    await browser.visit((own) => own().set('n', 1));
    const { add } = store.users;
    vi.spyOn(store.users, 'add').mockImplementation((user, ...call) =>
      user === failing ? Promise.reject(down) : add(user, ...call),
    );
    for (const how of ['regenerate', 'update'] as const) {
      const signIn = browser.visit((own) =>
        own()[how]((data) => ({ ...data, userId: 'ada', sid: 'laptop' })),
      );
      await expect(signIn).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
      expect(await all(browser)).toEqual({ n: 1 });
    }
  });

  it.each(KEYS)('of %s that refuses a session ends it, though the other fails', async (key) => {
    const { session, signIn, store } = setUpTwoKeys();
    const browser = await signIn();
    const refusing = userKey(NAME, key);
    vi.spyOn(store.users, 'add').mockImplementation((user) =>
      user === refusing ? Promise.resolve(false) : Promise.reject(down),
    );
    await expect(browser.visit((own) => own().regenerate())).rejects.toMatchObject(GONE);
    vi.mocked(store.users.add).mockRestore();
    expect(await all(browser)).toEqual({});
    expect(await session.user(key).list()).toEqual([]);
  });

  it('that the option names since lately gets the session at its next read, and the others are not asked', async () => {
    const { store, signIn } = setUpTwoKeys({ user: ({ userId }) => userId });
    const browser = await signIn();
    const { session, indexed } = setUpTwoKeys({ store });
    expect(await indexed(SID)).toBe(0);
    const again = new Browser(session, Object.fromEntries(browser.cookies));
    store.spy.reset();
    expect(await all(again)).toMatchObject({ userId: 'ada' });
    expect(store.spy.calls).toEqual(['get', 'index', 'set', 'index']);
    expect(store.spy.keys.filter((key) => key === SID)).toHaveLength(2);
    store.spy.reset();
    expect(await all(again)).toMatchObject({ userId: 'ada' });
    expect(store.spy.calls).toEqual(['get']);
    expect(await session.user('sid:laptop').revokeAll()).toBe(1);
  });

  it.each(KEYS)('is kept by a process without the option, and %s revokes all the same', async (key) => {
    const { session, store, signIn } = setUpTwoKeys();
    const browser = await signIn();
    const other = setUp({ store, user: undefined });
    const elsewhere = new Browser(other.session, Object.fromEntries(browser.cookies));
    await elsewhere.visit((own) => own().set('n', 1));
    await elsewhere.visit((own) => own().regenerate());
    expect(await session.user(key).revokeAll()).toBe(1);
    expect(await all(elsewhere)).toEqual({});
  });

  it('has a session again that Express copied to another ID', async () => {
    const { session, store, signIn } = setUpTwoKeys({ hashIds: false });
    for (const key of KEYS) {
      const id = await idOf(await signIn());
      const copy = key.padEnd(22, 'a').replace(':', '-');
      await store.memory.set(copy, (await store.memory.get(id)) ?? {});
      await store.memory.destroy(id);
      const elsewhere = new Browser(session, { [NAME]: signId(copy, ['a secret']) });
      expect(await all(elsewhere)).toMatchObject({ userId: 'ada' });
      expect(await session.user(key).revokeAll()).toBe(1);
      expect(await all(elsewhere)).toEqual({});
    }
  });
});

describe('a hostile record', () => {
  /** Adds claims to the record of a browser: before its own, or after them. */
  async function claim(
    app: ReturnType<typeof setUpTwoKeys>,
    browser: Browser<Data>,
    change: (own: unknown[]) => unknown[],
  ): Promise<void> {
    const key = hashSessionId(await idOf(browser));
    const record: SessionRecord = (await app.store.memory.get(key)) ?? {};
    const meta = record.__session as unknown[];
    const rest = meta.at(-1) as { users: unknown[] };
    const __session = [...meta.slice(0, -1), { ...rest, users: change(rest.users) }];
    await app.store.memory.set(key, { ...record, __session });
  }

  const ways: [string, (app: ReturnType<typeof setUpTwoKeys>, thief: Browser<Data>) => Promise<unknown>][] = [
    ['revoked by its user', ({ session }) => session.user('eve').revokeAll()],
    ['signed out', (_, thief) => thief.visit((own) => own().destroy())],
    ['moved to a new ID', (_, thief) => thief.visit((own) => own().regenerate()).catch(() => {})],
    ['read', (_, thief) => all(thief)],
  ];

  it.each(ways)(
    'that claims an entry of another session leaves that one alone when it is %s',
    async (_, work) => {
      for (const isFirst of [true, false]) {
        const app = setUpTwoKeys();
        const victim = await app.signIn('ada', 'laptop');
        const thief = await app.signIn('eve', 'phone');
        const [row] = await app.ada.list();
        const stolen = [ADA, DAY, row?.handle];
        await claim(app, thief, (own) => (isFirst ? [stolen, ...own] : [...own, stolen]));
        expect(await app.devices('ada')).toEqual(['laptop']);
        await work(app, thief);
        expect(await all(victim)).toMatchObject({ userId: 'ada' });
        expect(await app.devices('ada')).toEqual(['laptop']);
        expect(await app.ada.revokeAll()).toBe(1);
        expect(await all(victim)).toEqual({});
        await app.session.user('eve').revokeAll();
        expect(await all(thief)).not.toHaveProperty('device');
      }
    },
  );

  it('that claims one entry twice is put right at the next read', async () => {
    const app = setUpTwoKeys();
    const browser = await app.signIn();
    await claim(app, browser, (own) => [...own, ...own]);
    expect(await all(browser)).toMatchObject({ userId: 'ada' });
    const key = hashSessionId(await idOf(browser));
    const parsed = parseRecord(await app.store.memory.get(key), key);
    expect(parsed).toMatchObject({ session: { entries: { length: 2 } } });
    expect(await app.ada.revokeAll()).toBe(1);
  });
});

/** Removes the one entry of a user from the index, as a store that loses it. */
async function lose({ store }: ReturnType<typeof setUpTwoKeys>, user: string): Promise<void> {
  const { entries } = await store.memory.users.list(user, { limit: 9 }, callOptions());
  const keys = entries.flatMap(({ entry, records }) => records.map(({ key }) => ({ entry, key })));
  await store.memory.users.remove(user, keys, callOptions());
}

describe.each([ADA, SID])('if the index of one of two users is lost', (user) => {
  it('the session ends with its next new ID: that user could not revoke it', async () => {
    const app = setUpTwoKeys();
    const browser = await app.signIn();
    await lose(app, user);
    await expect(browser.visit((own) => own().regenerate())).rejects.toMatchObject(GONE);
    expect(await all(browser)).toEqual({});
    expect([await app.indexed(ADA), await app.indexed(SID)]).toEqual([0, 0]);
  });

  it('a sign-out leaves nothing in the other', async () => {
    const app = setUpTwoKeys();
    const browser = await app.signIn();
    await lose(app, user);
    await browser.visit((own) => own().destroy());
    expect(await all(browser)).toEqual({});
    expect([await app.indexed(ADA), await app.indexed(SID)]).toEqual([0, 0]);
  });
});
