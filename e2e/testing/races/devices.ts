import nextAppSession, { SessionError } from 'next-app-session';
import { createSessionTester, forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret } from './race.js';

const options = { name: 'devices', secret, user: (data: { user?: string }) => data.user };
const unlimited = nextAppSession<{ user: string }>(options);
const limited = nextAppSession<{ user: string }>({
  ...options,
  name: 'limited-devices',
  maxSessions: 1,
  onSessionLimit: 'refuse',
});

const broken = {
  session: unlimited,
  async signIn() {
    if ((await unlimited.user('ada').list()).length > 0) return 'sign out elsewhere first';
    await unlimited().regenerate(() => ({ user: 'ada' }));
    return 'welcome';
  },
};

const fixed: typeof broken = {
  session: limited,
  async signIn() {
    try {
      await limited().regenerate(() => ({ user: 'ada' }));
      return 'welcome';
    } catch (error) {
      if (SessionError.is(error) && error.code === 'ERR_SESSION_LIMIT') return 'sign out elsewhere first';
      throw error;
    }
  },
};

export const devices = race({
  title: 'one user signs in on two devices where one is allowed: counted, then signed in',
  finds: 'to have a length of 1 but got 2',
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      app.session,
      orders,
      [
        (phone) => phone.action(app.signIn),
        ({ store }) => createSessionTester(app.session, { store }).action(app.signIn),
      ],
      async (t) => expect(await t.user('ada').list()).toHaveLength(1),
    ),
});
