import { describe, expect, it, vi } from 'vitest';
import { signId } from '../cookie/signature.js';
import { hashSessionId } from '../record/session-id.js';
import { userKey } from '../record/user-key.js';
import { callOptions } from '../store-contract/store.js';
import { Browser } from '../test-kits/browser.js';
import { KeepingStore, REFUSAL } from '../test-kits/spy-store.js';
import { ADA, all, DAY, NAME, setUp, startClock } from '../test-kits/user-sessions.js';

startClock();

describe('whatever fails, in whichever order, no session is missed', () => {
  const down = new Error('down');
  const FAILED = { code: 'ERR_SESSION_STORE' };

  it('a session that cannot be indexed is not written', async () => {
    const { session, store } = setUp();
    const browser = new Browser(session);
    store.spy.fail('index', REFUSAL);
    const { cookies } = await browser.visit(async (own) => {
      await expect(own().set('userId', 'ada')).rejects.toMatchObject(FAILED);
    });
    expect(cookies).toEqual([]);
    expect(store.spy.calls).toEqual(['index']);
  });

  it('a session that cannot be indexed for its new user stays as it was', async () => {
    const { session, store, signIn } = setUp();
    const browser = await signIn('ada');
    store.spy.fail('index', REFUSAL);
    await browser.visit(async (own) => {
      await expect(own().set('userId', 'bob')).rejects.toMatchObject(FAILED);
      expect(await own().get('userId')).toBe('ada');
    });
    expect(await session.user('ada').list()).toHaveLength(1);
  });

  it('a session that was indexed and not written: its entry names nothing, and is removed', async () => {
    const { session, store, ada } = setUp();
    store.spy.fail('set', REFUSAL);
    await new Browser(session).visit(async (own) => {
      await expect(own().set('userId', 'ada')).rejects.toMatchObject(FAILED);
    });
    const indexed = async () =>
      (await store.memory.users.list(ADA, { limit: 9 }, callOptions())).entries.length;
    expect(await indexed()).toBe(1);
    // The entry stays for a minute, since its record may be about to be written.
    expect(await ada.list()).toEqual([]);
    expect(await indexed()).toBe(1);
    vi.advanceTimersByTime(60_000);
    expect(await ada.list()).toEqual([]);
    expect(await indexed()).toBe(0);
  });

  it('a session that is revoked before its record is written: the write finds out', async () => {
    const { session, store, ada } = setUp();
    const browser = new Browser(session);
    await browser.visit((own) => own().set('n', 1));
    for (const work of ['regenerate', 'set'] as const) {
      const { cookies } = await browser.visit(async (own) => {
        await own().get('n');
        store.spy.before('set', async () => expect(await ada.revokeAll()).toBe(0));
        const signIn = {
          regenerate: () => own().regenerate((data) => ({ ...data, userId: 'ada' })),
          set: () => own().set('userId', 'ada'),
        };
        await expect(signIn[work]()).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
      });
      expect(cookies).toEqual([]);
      expect((await store.memory.users.list(ADA, { limit: 9 }, callOptions())).entries).toEqual([]);
    }
    expect(await all(browser)).toEqual({});
  });

  it.each(['index', 'set'] as const)(
    'a sign-in that is revoked meanwhile and cannot ask afterwards (%s fails) is found by the next revocation',
    async (failing) => {
      const { session, store, ada } = setUp();
      const browser = new Browser(session);
      await browser.visit((own) => own().set('n', 1));
      await browser.visit(async (own) => {
        await own().get('n');
        store.spy.before('set', async () => {
          await ada.revokeAll();
          for (let n = 0; n < 9; n++) store.spy.fail(failing, down);
        });
        await expect(own().set('userId', 'ada')).rejects.toThrow();
        store.spy.calm();
      });
      await ada.revokeAll();
      expect(await all(browser)).not.toHaveProperty('userId');
    },
  );

  it('revokeAll throws, and does not go on for ever, while entries cannot be removed', async () => {
    const { store, ada } = setUp();
    for (let n = 0; n < 250; n++) {
      const entry = { entry: `entry-${n}`, key: `key-${n}`, until: Date.now() + DAY };
      await store.memory.users.add(ADA, entry, callOptions());
    }
    vi.advanceTimersByTime(60_000);
    for (let n = 0; n < 50; n++) store.spy.fail('unindex', down);
    await expect(ada.revokeAll()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
    store.spy.calm();
    expect(await ada.revokeAll()).toBe(0);
    expect(await store.memory.users.revoke(ADA, { limit: 9 }, callOptions())).toEqual([]);
  });

  it.each([
    ['cannot be deleted', true],
    ['may still be on their way', false],
  ])('revokeAll goes on to the next page where the records of a page %s', async (_, areThere) => {
    const { store, ada } = setUp();
    for (let n = 0; n < 250; n++) {
      const entry = { entry: `entry-${n}`, key: `key-${n}`, until: Date.now() + DAY };
      await store.memory.users.add(ADA, entry, callOptions());
      if (areThere) await store.memory.set(`key-${n}`, { __session: 'of a later version' });
    }
    store.spy.fail('destroy', down, 250);
    for (let page = 0; page < 3; page++) store.spy.before('revoke', async () => {});
    // There is no fourth page.
    store.spy.fail('revoke', REFUSAL);
    if (areThere) await expect(ada.revokeAll()).rejects.toMatchObject({ cause: { message: 'down' } });
    else expect(await ada.revokeAll()).toBe(0);
    expect(store.spy.calls.filter((call) => call === 'revoke')).toHaveLength(3);
  });

  it('a list that meets a dead entry does not remove it if a session comes back to it meanwhile', async () => {
    const { signIn, store, ada } = setUp();
    const browser = await signIn();
    await browser.visit((own) => own().set('userId', 'bob'));
    vi.advanceTimersByTime(60_000);
    store.spy.before('unindex', () => browser.visit((own) => own().set('userId', 'ada')));
    await ada.list();
    expect(await ada.list()).toHaveLength(1);
    expect(await ada.revokeAll()).toBe(1);
    expect(await all(browser)).toEqual({});
  });

  it('revokeAll throws if one cannot be deleted, ends the others, and ends it at the next try', async () => {
    const { signIn, store, ada } = setUp();
    const browsers = [await signIn('ada', 'a'), await signIn('ada', 'b'), await signIn('ada', 'c')];
    store.spy.fail('destroy', down);
    await expect(ada.revokeAll()).rejects.toMatchObject(FAILED);
    const left = await Promise.all(browsers.map(all));
    expect(left.filter((data) => data.userId)).toHaveLength(1);
    expect(await ada.revokeAll()).toBe(1);
    expect(await Promise.all(browsers.map(all))).toEqual([{}, {}, {}]);
  });

  it('a session that was deleted and is still indexed: its entry names nothing', async () => {
    const { signIn, store, ada } = setUp();
    const browser = await signIn();
    store.spy.fail('unindex', down);
    expect(await ada.revokeAll()).toBe(1);
    expect(await all(browser)).toEqual({});
    expect(await ada.list()).toEqual([]);
    const other = await signIn();
    store.spy.fail('unindex', down);
    await other.visit((own) => own().destroy());
    expect(await ada.list()).toEqual([]);
  });

  it('sessions that cannot be listed: list, revokeAll and revoke throw, and nothing is revoked', async () => {
    const { signIn, store, ada } = setUp();
    const browser = await signIn();
    const ways = [
      ['list', () => ada.list()],
      ['revoke', () => ada.revokeAll()],
      ['revoke', () => ada.revoke('x')],
    ] as const;
    for (const [operation, work] of ways) {
      store.spy.fail(operation, down);
      await expect(work()).rejects.toMatchObject(FAILED);
    }
    expect(await all(browser)).toMatchObject({ userId: 'ada' });
  });

  it('a grace copy that cannot be deleted keeps its session, and the next try ends both', async () => {
    const { session, store, ada } = setUp();
    const browser = new Browser(session);
    await browser.visit((own) => own().set('n', 1));
    const old = new Browser(session, Object.fromEntries(browser.cookies));
    await browser.visit((own) => own().regenerate((data) => ({ ...data, userId: 'ada' })));
    store.spy.fail('destroy', down);
    await expect(ada.revokeAll()).rejects.toMatchObject(FAILED);
    expect(await all(browser)).toMatchObject({ userId: 'ada' });
    expect(await ada.revokeAll()).toBe(1);
    expect([await all(browser), await all(old)]).toEqual([{}, {}]);
  });

  it('a session that another request writes while it is revoked ends all the same', async () => {
    const { signIn, store, ada } = setUp();
    const browser = await signIn();
    // Another request writes it just before it is deleted.
    store.spy.before('destroy', () => browser.visit((own) => own().set('n', 1)));
    expect(await ada.revokeAll()).toBe(1);
    expect(await all(browser)).toEqual({});
  });

  it.each([5, 0])(
    'a session that gets a new ID just before it is revoked ends all the same, with a grace period of %i s',
    async (regenerateGrace) => {
      const { signIn, store, ada } = setUp({ regenerateGrace });
      const browser = await signIn();
      store.spy.before('revoke', () => browser.visit((own) => own().regenerate()));
      expect(await ada.revokeAll()).toBe(1);
      expect(await all(browser)).toEqual({});
    },
  );

  it.each(['regenerate', 'destroy'] as const)(
    'a request whose %s deletes a session that is being revoked leaves no entry',
    async (work) => {
      const { signIn, store, ada } = setUp();
      const browser = await signIn();
      const key = hashSessionId((await browser.visit((own) => own().id())).result ?? '');
      const { revoke } = store.memory.users;
      // As on Redis: the entries are marked first, and their records are read later.
      vi.spyOn(store.memory.users, 'revoke').mockImplementation(async (...call) => {
        const [entry] = await revoke(...call);
        if (!entry) return [];
        await browser.visit((own) =>
          own()
            [work]()
            .catch(() => {}),
        );
        // Another request has just added a key to the entry.
        return [{ ...entry, isRecent: true, records: [{ key, record: await store.memory.get(key) }] }];
      });
      await ada.revokeAll();
      expect(await store.memory.get(key)).toBeNull();
      expect(await revoke(ADA, { limit: 9 }, callOptions())).toEqual([]);
    },
  );

  it.each([5, 0])(
    'a session that was revoked cannot get a new ID before its record is deleted, with a grace period of %i s',
    async (regenerateGrace) => {
      const { signIn, store, ada } = setUp({ regenerateGrace });
      const browser = await signIn();
      store.spy.before('destroy', async () => {
        const moved = browser.visit((own) => own().regenerate());
        await expect(moved).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
      });
      expect(await ada.revokeAll()).toBe(1);
      expect(await all(browser)).toEqual({});
    },
  );

  it('a record that this server cannot read is revoked with the others', async () => {
    const { signIn, store, ada } = setUp();
    const browser = await signIn();
    const { revoke } = store.users;
    vi.spyOn(store.users, 'revoke').mockImplementation(async (user, choice, options) =>
      (await revoke(user, choice, options)).map(({ records, ...entry }) => ({
        ...entry,
        records: records.map(({ key, record }) => ({ key, record: null, unreadable: record !== null })),
      })),
    );
    expect(await ada.revokeAll()).toBe(1);
    expect(await all(browser)).toEqual({});
  });

  it('a session that is used all the time ends with its entry, if the store ends idle ones', async () => {
    const { signIn, ada } = setUp({ store: new KeepingStore() });
    const browser = await signIn();
    for (let half = 0; half < 59; half++) {
      vi.advanceTimersByTime(DAY / 2);
      expect(await all(browser)).toMatchObject({ userId: 'ada' });
    }
    expect(await ada.list()).toHaveLength(1);
    vi.advanceTimersByTime(DAY / 2);
    expect([await ada.list(), await all(browser), await ada.revokeAll()]).toEqual([[], {}, 0]);
  });

  it('a session that is revoked just before a read indexes it: the read finds nothing', async () => {
    const { signIn, store, ada } = setUp();
    const browser = await signIn();
    const key = hashSessionId((await browser.visit((own) => own().id())).result ?? '');
    // Other software changed the user.
    await store.memory.set(key, { ...(await store.memory.get(key)), userId: 'bob' });
    store.spy.reset();
    store.spy.before('index', () => ada.revokeAll());
    expect(await all(browser)).toEqual({});
    expect(store.spy.calls).toContain('revoke');
  });

  it('a session that only a process without the `user` option reads keeps its entry', async () => {
    const store = new KeepingStore();
    const { signIn, ada } = setUp({ store });
    const browser = await signIn();
    const { session: other } = setUp({ store, user: undefined });
    const elsewhere = new Browser(other, Object.fromEntries(browser.cookies));
    for (let half = 0; half < 12; half++) {
      vi.advanceTimersByTime(DAY / 2);
      expect(await all(elsewhere)).toMatchObject({ userId: 'ada' });
    }
    expect(await ada.revokeAll()).toBe(1);
    expect(await all(elsewhere)).toEqual({});
  });

  it('a session that only a process without an index uses keeps its entry', async () => {
    const store = new KeepingStore();
    const { signIn, ada } = setUp({ store });
    const browser = await signIn();
    // The same records, through a store that has no index.
    const blind = new KeepingStore();
    Object.assign(blind, { memory: store.memory, users: undefined });
    const { session: other } = setUp({ store: blind, user: undefined });
    const elsewhere = new Browser(other, Object.fromEntries(browser.cookies));
    for (let day = 0; day < 6; day++) {
      vi.advanceTimersByTime(DAY / 2);
      await elsewhere.visit((own) => own().set('n', day));
      blind.spy.reset();
      vi.advanceTimersByTime(DAY / 2);
      expect(await all(elsewhere)).toMatchObject({ userId: 'ada' });
      expect(blind.spy.calls).toEqual(['get', 'set']);
    }
    expect(await all(browser)).toMatchObject({ userId: 'ada' });
    expect(await ada.revokeAll()).toBe(1);
    expect(await all(elsewhere)).toEqual({});
  });

  it('a session that is read only while the `user` option throws ends with its entry', async () => {
    const store = new KeepingStore();
    const { signIn } = setUp({ store });
    const browser = await signIn();
    const { session: broken } = setUp({
      store,
      user: () => {
        throw new Error('of the app');
      },
    });
    const elsewhere = new Browser(broken, Object.fromEntries(browser.cookies));
    for (let half = 0; half < 59; half++) {
      vi.advanceTimersByTime(DAY / 2);
      expect(await all(elsewhere)).toMatchObject({ userId: 'ada' });
    }
    vi.advanceTimersByTime(DAY / 2);
    expect(await all(elsewhere)).toEqual({});
  });

  it('a session that Express copied to another ID is indexed at the next read', async () => {
    const { session, store, signIn, ada } = setUp({ hashIds: false });
    const browser = await signIn();
    const id = (await browser.visit((own) => own().id())).result ?? '';
    const copy = 'a'.repeat(22);
    await store.memory.set(copy, (await store.memory.get(id)) ?? {});
    await store.memory.destroy(id);
    const elsewhere = new Browser(session, { [NAME]: signId(copy, ['a secret']) });
    expect(await all(elsewhere)).toMatchObject({ userId: 'ada' });
    expect(await ada.revokeAll()).toBe(1);
    expect(await all(elsewhere)).toEqual({});
  });

  it('entries of sessions that were never written, of users whom nobody lists, are removed', async () => {
    const { session, store } = setUp();
    for (let n = 0; n < 50; n++) {
      store.spy.fail('set', REFUSAL);
      const browser = new Browser(session);
      await browser.visit((own) => own().set('userId', `user-${n}`)).catch(() => {});
    }
    vi.advanceTimersByTime(31 * DAY);
    for (let n = 0; n < 60; n++) {
      await new Browser(session).visit((own) => own().set('userId', 'ada'));
    }
    for (let n = 0; n < 50; n++) {
      const user = userKey(NAME, `user-${n}`) ?? '';
      // At time 0 no entry is over: what is gone has been removed before.
      const { entries } = await store.memory.users.list(user, { limit: 9 }, { now: 0, clock: 'test' });
      expect(entries).toEqual([]);
    }
  });

  it('no error of the index holds the keys that it was told, whatever the store put into its own', async () => {
    const { session, store } = setUp({ hashIds: false });
    const browser = new Browser(session);
    await browser.visit((own) => own().set('n', 1));
    const id = (await browser.visit((own) => own().id())).result ?? '';
    const told = Object.assign(new Error(`duplicate key (${ADA}, ${id})`), { code: '23505' });
    for (let n = 0; n < 9; n++) store.spy.fail('index', told);
    const signIn = browser.visit((own) => own().set('userId', 'ada'));
    const error = (await signIn.catch((thrown: unknown) => thrown)) as Error;
    expect(error.cause).toMatchObject({ code: '23505' });
    expect(String(error) + String(error.cause)).not.toContain(id);
    expect(String(error) + String(error.cause)).not.toContain(ADA);
  });

  it('no error holds the user, a session ID or their keys in the store', async () => {
    const { signIn, store, ada } = setUp();
    await signIn();
    store.spy.fail('list', new Error(`cannot read ${ADA}`));
    const error = (await ada.list().catch((thrown: unknown) => thrown)) as Error;
    expect(String(error) + String(error.cause)).not.toContain(ADA);
  });
});
