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

  it('not noted: it is not written either', async () => {
    const { session, store } = setUp();
    const browser = new Browser(session);
    store.spy.fail('index', down);
    const { cookies } = await browser.visit(async (own) => {
      await expect(own().set('userId', 'ada')).rejects.toMatchObject(FAILED);
    });
    expect(cookies).toEqual([]);
    expect(store.spy.calls).toEqual(['index']);
  });

  it('not noted at a change of user: the session stays as it was', async () => {
    const { session, store, signIn } = setUp();
    const browser = await signIn('ada');
    store.spy.fail('index', down);
    await browser.visit(async (own) => {
      await expect(own().set('userId', 'bob')).rejects.toMatchObject(FAILED);
      expect(await own().get('userId')).toBe('ada');
    });
    expect(await session.user('ada').list()).toHaveLength(1);
  });

  it('noted, and not written: the entry leads to nothing, until its time is over', async () => {
    const { session, store, ada } = setUp();
    store.spy.fail('set', down);
    await new Browser(session).visit(async (own) => {
      await expect(own().set('userId', 'ada')).rejects.toMatchObject(FAILED);
    });
    const indexed = async () => (await store.memory.users.list(ADA, callOptions())).length;
    expect(await indexed()).toBe(1);
    expect(await ada.list()).toEqual([]);
    expect(await ada.revokeAll()).toBe(0);
    // It may be that the record is just about to be written: the entry stays.
    expect(await indexed()).toBe(1);
    vi.advanceTimersByTime(30 * DAY + 60_001);
    expect(await indexed()).toBe(0);
  });

  it('not removed: revoke throws, the others are ended, and the next try ends it', async () => {
    const { signIn, store, ada } = setUp();
    const browsers = [await signIn('ada', 'a'), await signIn('ada', 'b'), await signIn('ada', 'c')];
    store.spy.fail('destroy', down);
    await expect(ada.revokeAll()).rejects.toMatchObject(FAILED);
    const left = await Promise.all(browsers.map(all));
    expect(left.filter((data) => data.userId)).toHaveLength(1);
    expect(await ada.revokeAll()).toBe(1);
    expect(await Promise.all(browsers.map(all))).toEqual([{}, {}, {}]);
  });

  it('removed, and still noted: the entry leads to nothing', async () => {
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

  it('not listed: it throws, and revokes nothing', async () => {
    const { signIn, store, ada } = setUp();
    const browser = await signIn();
    for (const work of [() => ada.list(), () => ada.revokeAll(), () => ada.revoke('x')]) {
      store.spy.fail('list', down);
      await expect(work()).rejects.toMatchObject(FAILED);
    }
    expect(await all(browser)).toMatchObject({ userId: 'ada' });
  });

  it('what is left of an old ID not removed: the session is not ended either, and the next try ends both', async () => {
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

  it('a session that is written all the time: it is ended all the same', async () => {
    const { signIn, store, ada } = setUp();
    const browser = await signIn();
    // Just before it is removed, another request writes it.
    store.spy.before('destroy', () => browser.visit((own) => own().set('n', 1)));
    expect(await ada.revokeAll()).toBe(1);
    expect(await all(browser)).toEqual({});
  });

  it.each([5, 0])(
    'a session that gets a new ID while the list is read, with a grace of %i s: it is ended all the same',
    async (regenerateGrace) => {
      const { signIn, store, ada } = setUp({ regenerateGrace });
      const browser = await signIn();
      const list = store.users.list;
      // As Redis is read: which sessions there are first, and then their records.
      vi.spyOn(store.users, 'list').mockImplementationOnce(async (user, options) => {
        const ids = (await list(user, options)).map(({ id }) => id);
        await browser.visit((own) => own().regenerate());
        return Promise.all(ids.map(async (id) => ({ id, record: await store.memory.get(id) })));
      });
      expect(await ada.revokeAll()).toBe(1);
      expect(await all(browser)).toEqual({});
    },
  );

  it('a session that gets a new ID each time that it is to be removed: ERR_SESSION_CONFLICT at last', async () => {
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

  it('a record that this server cannot read: it is not listed, and it is ended with the others', async () => {
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

  it('of a store that keeps the time itself: used all the time, it ends with its entry', async () => {
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

  it('revoked just as a read is about to index it: the read finds nothing', async () => {
    const { signIn, store, ada } = setUp();
    const browser = await signIn();
    const key = hashSessionId((await browser.visit((own) => own().id())).result ?? '');
    // Somebody else changed the user.
    await store.memory.set(key, { ...(await store.memory.get(key)), userId: 'bob' });
    store.spy.reset();
    store.spy.before('index', () => ada.revokeAll());
    expect(await all(browser)).toEqual({});
    expect(store.spy.calls).toContain('list');
  });

  it('read by a process without the option alone: it keeps its entry', async () => {
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

  it('used by a process alone whose store has no index: it keeps its entry', async () => {
    const store = new SlidingStore();
    const { signIn, ada } = setUp({ store });
    const browser = await signIn();
    // The same records, through a store that keeps no index.
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

  it('read while the `user` option throws alone: it ends with its entry', async () => {
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

  it('copied to another ID, as Express does where it keeps the data: it is noted as soon as it is read', async () => {
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

  it('noted and never written, of users whom nobody lists: the index forgets them', async () => {
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

  it('no error holds the user, a session ID or what the store knows them by', async () => {
    const { signIn, store, ada } = setUp();
    await signIn();
    store.spy.fail('list', new Error(`cannot read ${ADA}`));
    const error = (await ada.list().catch((thrown: unknown) => thrown)) as Error;
    expect(String(error) + String(error.cause)).not.toContain(ADA);
  });
});
