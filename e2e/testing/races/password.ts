import nextAppSession from 'next-app-session';
import { createSessionTester, forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret, status, unlessGone } from './race.js';

const session = nextAppSession<{ user: string }>({ name: 'password', secret, user: (data) => data.user });
/** The app's database: the password of ada. */
const account = { password: 'stolen', version: 1 };

const broken = {
  async signIn(request: Request) {
    if ((await request.text()) !== account.password) return status(403);
    await session().regenerate(() => ({ user: 'ada' }));
    return status(200);
  },
  async changePassword() {
    account.password = 'new';
    account.version++;
    await session.user('ada').revokeAll();
    return status(204);
  },
};

const fixed: typeof broken = {
  ...broken,
  signIn: (request) =>
    unlessGone(async () => {
      const { version } = account;
      if ((await request.text()) !== account.password) return status(403);
      await session().regenerate(() => ({ user: 'ada' }));
      if (account.version === version) return status(200);
      await session().destroy();
      return status(403);
    }, status(403)),
};

export const password = race({
  title: 'somebody signs in with a password that is changed: sign-in and revoke',
  finds: "expected { user: 'ada' } to be null",
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { before: () => Object.assign(account, { password: 'stolen', version: 1 }), ...orders },
      [
        (thief) => thief.route(app.signIn, { method: 'POST', body: 'stolen' }),
        (thief) => createSessionTester(session, { store: thief.store }).route(app.changePassword),
      ],
      async (thief) => expect(await thief.read()).toBeNull(),
    ),
});
