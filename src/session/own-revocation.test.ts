import { describe, expect, it } from 'vitest';
import { NextScope } from '../test-kits/next-scope.js';
import { all, setUp, startClock } from '../test-kits/user-sessions.js';

const GONE = { code: 'ERR_SESSION_GONE' };

startClock();

describe('revokeAll of the session of the request', () => {
  it('ends its copy, its record and its cookie', async () => {
    const { session, signIn } = setUp();
    const browser = await signIn();
    const next = new NextScope(Object.fromEntries(browser.cookies));
    await next.run('action', async () => {
      expect(await session().get('userId')).toBe('ada');
      await session.user('ada').revokeAll();
      expect(await session().all()).toEqual({});
      expect(await session().id()).toBeNull();
    });
    expect(next.setCookies()).toEqual([expect.stringMatching(/=; Path=\/; Expires=Thu, 01 Jan 1970/)]);
  });

  it.each(['after', 'left-over', 'proxy'] as const)(
    'ends it where no cookie can be set: in %s',
    async (phase) => {
      const { session, signIn } = setUp();
      const browser = await signIn();
      const next = new NextScope(Object.fromEntries(browser.cookies));
      await next.run(phase, async () => {
        expect(await session.user('ada').revokeAll()).toBe(1);
        expect(await session().all()).toEqual({});
      });
      expect(next.setCookies()).toEqual([]);
    },
  );

  it('expires the cookie of a session that this request created after its first one had ended', async () => {
    const { session, signIn } = setUp();
    const browser = await signIn();
    const next = new NextScope(Object.fromEntries(browser.cookies));
    await next.run('action', async () => {
      await session().get('userId');
      await new NextScope().run('action', () => session.user('ada').revokeAll());
      await expect(session().set('n', 1)).rejects.toMatchObject(GONE);
      await session().destroy();
      await session().setAll({ userId: 'ada', device: 'again' });
      expect(await session.user('ada').revokeAll()).toBe(1);
      expect(await session().all()).toEqual({});
    });
    expect(next.setCookies()).toEqual([expect.stringMatching(/Expires=Thu, 01 Jan 1970/)]);
  });

  it('ends it too if another one cannot be deleted', async () => {
    const { session, signIn, store } = setUp();
    await signIn('ada', 'there');
    const here = await signIn('ada', 'here');
    const next = new NextScope(Object.fromEntries(here.cookies));
    store.spy.fail('destroy', new Error('down'));
    const revoked = next.run('action', () => session.user('ada').revokeAll());
    await expect(revoked).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
    expect(next.setCookies()).toEqual([expect.stringMatching(/Expires=Thu, 01 Jan 1970/)]);
    expect(await all(here)).toEqual({});
  });

  it('leaves the cookie, where it cannot be set, for a sign-out that can', async () => {
    const { session, signIn } = setUp();
    const browser = await signIn();
    const { cookies } = await browser.visit(async (own, { request }) => {
      expect(await session.user('ada', request).revokeAll()).toBe(1);
      expect(await own().all()).toEqual({});
      await own().destroy();
    });
    expect(cookies).toMatchObject([{ name: 'users', value: '' }]);
  });
});
