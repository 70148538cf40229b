import { describe, expect, it } from 'vitest';
import { Browser } from '../test-kits/browser.js';
import { PlainStore, SpyStore } from '../test-kits/spy-store.js';
import { all, setUp } from '../test-kits/user-sessions.js';

describe('a wrong set-up throws, and says what to do', () => {
  it('session.user() without the user option', async () => {
    const { session } = setUp({ user: undefined });
    expect(() => session.user('ada')).toThrow(
      expect.objectContaining({
        code: 'ERR_SESSION_OPTIONS',
        message: expect.stringContaining('needs the user option'),
      }),
    );
  });

  it.each([null, undefined, '', Number.NaN, {}, []])('session.user() of %j', (id) => {
    const { session } = setUp();
    expect(() => session.user(id as string)).toThrow(
      expect.objectContaining({ code: 'ERR_SESSION_OPTIONS' }),
    );
  });

  it('a store without an index, when it is given', () => {
    expect(() => setUp({ store: new PlainStore() })).toThrow(
      /\(PlainStore\) cannot tell which sessions are whose/,
    );
  });

  it('a store with an index but without compare and swap: a write under way would undo a revocation', () => {
    const store = Object.assign(new PlainStore(), { users: new SpyStore().users });
    expect(() => setUp({ store })).toThrow(/`atomic` and `users`/);
  });

  it('a store without an index, when it is made at first use', async () => {
    const { session } = setUp({ store: () => new PlainStore() });
    const error = { code: 'ERR_SESSION_OPTIONS', message: expect.stringContaining('(PlainStore)') };
    await new Browser(session).visit(async (own) => {
      await own().set('n', 1);
      await expect(own().set('userId', 'ada')).rejects.toMatchObject(error);
    });
    await expect(session.user('ada').list()).rejects.toMatchObject(error);
    await expect(session.user('ada').revokeAll()).rejects.toMatchObject(error);
  });

  it('a user or listed option that is not a function', () => {
    expect(() => setUp({ user: 'userId' as never })).toThrow(/user: give a function/);
    expect(() => setUp({ listed: true as never })).toThrow(/listed: give a function/);
  });

  it.each([
    {},
    true,
    Number.NaN,
    [['ada']],
    ['ada', {}],
    [Promise.resolve('ada')],
    () => Promise.reject(new Error('No.')),
  ])('a user option that returns %j', async (id) => {
    const { session } = setUp({ user: () => (typeof id === 'function' ? id() : id) as never });
    await new Browser(session).visit(async (own) => {
      await expect(own().set('n', 1)).rejects.toMatchObject({ code: 'ERR_SESSION_OPTIONS' });
    });
  });

  it('a user option that throws: a write then throws too, and a read does not', async () => {
    const { session, store } = setUp({ user: undefined });
    const browser = new Browser(session);
    await browser.visit((own) => own().set('n', 1));
    const broken = () => {
      throw new Error('of the app');
    };
    const { session: throwing } = setUp({ store, user: broken });
    const again = new Browser(throwing, Object.fromEntries(browser.cookies));
    expect(await all(again)).toEqual({ n: 1 });
    await again.visit(async (own) => {
      await expect(own().set('n', 2)).rejects.toThrow('of the app');
    });
  });
});
