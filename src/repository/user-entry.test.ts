import { describe, expect, it, vi } from 'vitest';
import { Browser } from '../test-kits/browser.js';
import { all, DAY, MINUTE, setUp, startClock } from '../test-kits/user-sessions.js';
import { isWaiting, settledKeys, type UserEntry } from './user-entry.js';

startClock();

describe('an entry whose session moves to a new ID', () => {
  it.each([false, true])(
    'shows the record that was used last, with its keys in any order: %s',
    async (isReversed) => {
      const { signIn, store, ada } = setUp();
      const browser = await signIn();
      const { list } = store.memory.users;
      vi.spyOn(store.memory.users, 'list').mockImplementation(async (...call) => {
        const { entries, cursor } = await list.apply(store.memory.users, call);
        const inOrder = entries.map((entry) => ({
          ...entry,
          records: isReversed ? entry.records.toReversed() : entry.records,
        }));
        return { entries: inOrder, cursor };
      });
      vi.advanceTimersByTime(MINUTE);
      let lastUses: number[] = [];
      store.spy.before('set', async () => {});
      store.spy.before('set', async () => {
        lastUses = (await ada.list()).map(({ lastSeenAt }) => lastSeenAt);
      });
      await browser.visit((own) => own().regenerate());
      expect(lastUses).toEqual([Date.now()]);
    },
  );

  it('is one session, also while its old key leads to nothing, and a list leaves the new key alone', async () => {
    const { signIn, store, devices, ada } = setUp();
    const browser = await signIn();
    store.spy.fail('unindex', new Error('down'));
    await browser.visit((own) => own().regenerate());
    vi.advanceTimersByTime(2 * MINUTE);
    expect(await devices()).toEqual(['laptop']);
    expect(await devices()).toEqual(['laptop']);
    expect(await ada.revokeAll()).toBe(1);
    expect(await all(browser)).toEqual({});
  });
});

describe('an entry whose session has expired by the clock of this server alone', () => {
  /** Puts this server's clock a day ahead of the store's from the next call on. */
  function getAhead({ store }: ReturnType<typeof setUp>, call: 'list' | 'revoke'): void {
    const { users } = store.memory;
    const read = users[call].bind(users) as (...about: unknown[]) => Promise<never>;
    vi.spyOn(users, call).mockImplementation(async (...about: unknown[]) => {
      const found = await read(...about);
      vi.advanceTimersByTime(DAY);
      return found;
    });
  }

  it('is not listed', async () => {
    const app = setUp();
    await app.signIn();
    getAhead(app, 'list');
    expect(await app.ada.list()).toEqual([]);
  });

  it('does not count as revoked, and ends all the same, with its grace copies', async () => {
    const app = setUp();
    const browser = new Browser(app.session);
    await browser.visit((own) => own().set('n', 1));
    const old = new Browser(app.session, Object.fromEntries(browser.cookies));
    await browser.visit((own) => own().regenerate((data) => ({ ...data, userId: 'ada' })));
    getAhead(app, 'revoke');
    // The clock is set right before the first record is read.
    const now = Date.now();
    app.store.spy.before('get', async () => void vi.setSystemTime(now));
    expect(await app.ada.revokeAll()).toBe(0);
    vi.setSystemTime(now);
    expect([await all(browser), await all(old)]).toEqual([{}, {}]);
  });
});

describe('the keys of a revoked entry', () => {
  const entry = (isRecent: boolean): UserEntry => ({
    id: 'entry',
    keys: [
      { key: 'missing', state: { is: 'none' } },
      { key: 'unreadable', state: { is: 'rejected', reason: 'unreadable' } },
    ],
    session: null,
    isSession: true,
    isRecent,
  });

  it('stay where their record may still be on its way', () => {
    expect(settledKeys(entry(true))).toEqual([{ entry: 'entry', key: 'unreadable' }]);
    expect(isWaiting(entry(true))).toBe(true);
  });

  it('are all removed a minute after the last one was added', () => {
    expect(settledKeys(entry(false)).map(({ key }) => key)).toEqual(['missing', 'unreadable']);
    expect(isWaiting(entry(false))).toBe(false);
  });
});
