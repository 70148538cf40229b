import { describe, expect, it, vi } from 'vitest';
import { signId } from '../cookie/signature.js';
import { hashSessionId } from '../record/session-id.js';
import { callOptions } from '../store-contract/store.js';
import { MemoryUserIndex } from '../stores/memory/memory-user-index.js';
import { Browser } from '../test-kits/browser.js';
import { SlidingStore } from '../test-kits/spy-store.js';
import { ADA, all, DAY, NAME, setUp, startClock } from '../test-kits/user-sessions.js';

startClock();

describe('whatever fails, in whichever order, no session is missed', () => {
  const down = new Error('down');
  const FAILED = { code: 'ERR_SESSION_STORE' };

  it('a session that cannot be indexed is not written', async () => {
    const { session, store } = setUp();
    const browser = new Browser(session);
    store.spy.fail('index', down);
    const { cookies } = await browser.visit(async (own) => {
      await expect(own().set('userId', 'ada')).rejects.toMatchObject(FAILED);
    });
    expect(cookies).toEqual([]);
    expect(store.spy.calls).toEqual(['index']);
  });

  it('a session that cannot be indexed for its new user stays as it was', async () => {
    const { session, store, signIn } = setUp();
    const browser = await signIn('ada');
    store.spy.fail('index', down);
    await browser.visit(async (own) => {
      await expect(own().set('userId', 'bob')).rejects.toMatchObject(FAILED);
      expect(await own().get('userId')).toBe('ada');
    });
    expect(await session.user('ada').list()).toHaveLength(1);
  });

  it('a session that was indexed and not written: its entry names nothing, until it expires', async () => {
    const { session, store, ada } = setUp();
    store.spy.fail('set', down);
    await new Browser(session).visit(async (own) => {
      await expect(own().set('userId', 'ada')).rejects.toMatchObject(FAILED);
    });
    const indexed = async () => (await store.memory.users.list(ADA, callOptions())).length;
    expect(await indexed()).toBe(1);
    expect(await ada.list()).toEqual([]);
    expect(await ada.revokeAll()).toBe(0);
    // The entry stays, since its record may be about to be written.
    expect(await indexed()).toBe(1);
    vi.advanceTimersByTime(30 * DAY + 60_001);
    expect(await indexed()).toBe(0);
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
    for (const work of [() => ada.list(), () => ada.revokeAll(), () => ada.revoke('x')]) {
      store.spy.fail('list', down);
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
    'a session that gets a new ID while the list is read ends all the same, with a grace period of %i s',
    async (regenerateGrace) => {
      const { signIn, store, ada } = setUp({ regenerateGrace });
      const browser = await signIn();
      const list = store.users.list;
      // Like RedisStore, it reads the keys first, and then the records.
      vi.spyOn(store.users, 'list').mockImplementationOnce(async (user, options) => {
        const ids = (await list(user, options)).map(({ id }) => id);
        await browser.visit((own) => own().regenerate());
        return Promise.all(ids.map(async (id) => ({ id, record: await store.memory.get(id) })));
      });
      expect(await ada.revokeAll()).toBe(1);
      expect(await all(browser)).toEqual({});
    },
  );

  it('a session that gets a new ID at every try makes revokeAll throw ERR_SESSION_CONFLICT', async () => {
    const { signIn, store, ada } = setUp({ regenerateGrace: 0 });
    const browser = await signIn();
    const list = store.users.list;
    vi.spyOn(store.users, 'list').mockImplementation(async (user, options) => {
      const listed = await list(user, options);
      await browser.visit((own) => own().regenerate());
      return listed;
    });
    await expect(ada.revokeAll()).rejects.toMatchObject({ code: 'ERR_SESSION_CONFLICT' });
    vi.restoreAllMocks();
    expect(await ada.revokeAll()).toBe(1);
    expect(await all(browser)).toEqual({});
  });

  it('a record that this server cannot read is not listed, and is revoked with the others', async () => {
    const { signIn, store, ada } = setUp();
    const browser = await signIn();
    const list = store.users.list;
    vi.spyOn(store.users, 'list').mockImplementation(async (user, options) =>
      (await list(user, options)).map((entry) => ({
        ...entry,
        record: null,
        unreadable: entry.record !== null,
      })),
    );
    expect(await ada.list()).toEqual([]);
    expect(await ada.revokeAll()).toBe(1);
    expect(await all(browser)).toEqual({});
  });

  it('a session that is used all the time ends with its entry, if the store ends idle ones', async () => {
    const { signIn, ada } = setUp({ store: new SlidingStore() });
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
    expect(store.spy.calls).toContain('list');
  });

  it('a session that only a process without the `user` option reads keeps its entry', async () => {
    const store = new SlidingStore();
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
    const store = new SlidingStore();
    const { signIn, ada } = setUp({ store });
    const browser = await signIn();
    // The same records, through a store that has no index.
    const blind = new SlidingStore();
    Object.assign(blind, { memory: store.memory, users: undefined });
    const { session: other } = setUp({ store: blind, user: undefined });
    const elsewhere = new Browser(other, Object.fromEntries(browser.cookies));
    for (let day = 0; day < 6; day++) {
      vi.advanceTimersByTime(DAY / 2);
      await elsewhere.visit((own) => own().set('n', day));
      blind.spy.reset();
      vi.advanceTimersByTime(DAY / 2);
      expect(await all(elsewhere)).toMatchObject({ userId: 'ada' });
      expect(blind.spy.calls).toEqual(['get']);
    }
    expect(await all(browser)).toMatchObject({ userId: 'ada' });
    expect(await ada.revokeAll()).toBe(1);
    expect(await all(elsewhere)).toEqual({});
  });

  it('a session that is read only while the `user` option throws ends with its entry', async () => {
    const store = new SlidingStore();
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
      store.spy.fail('set', down);
      const browser = new Browser(session);
      await browser.visit((own) => own().set('userId', `user-${n}`)).catch(() => {});
    }
    vi.advanceTimersByTime(31 * DAY);
    const removed = vi.spyOn(MemoryUserIndex.prototype, 'remove');
    for (let n = 0; n < 60; n++) {
      await new Browser(session).visit((own) => own().set('userId', 'ada'));
    }
    expect(removed).toHaveBeenCalledTimes(50);
  });

  it('no error holds the user, a session ID or their keys in the store', async () => {
    const { signIn, store, ada } = setUp();
    await signIn();
    store.spy.fail('list', new Error(`cannot read ${ADA}`));
    const error = (await ada.list().catch((thrown: unknown) => thrown)) as Error;
    expect(String(error) + String(error.cause)).not.toContain(ADA);
  });
});
