import nextAppSession from 'next-app-session';
import { createSessionTester, forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret, status } from './race.js';

const session = nextAppSession<{ user: string; isAdmin: boolean }>({ name: 'step-up', secret });
/** The cookie of ada, as somebody has copied it. */
let copied = '';

const broken = {
  async becomeAdmin() {
    await session().set('isAdmin', true);
    await session().regenerate();
  },
  async adminPage() {
    return status((await session().get('isAdmin')) ? 200 : 403);
  },
};

const fixed: typeof broken = {
  ...broken,
  async becomeAdmin() {
    await session().regenerate((data) => ({ ...data, isAdmin: true }));
  },
};

export const stepUp = race({
  title: 'a visitor gets more rights before the new ID, and somebody has the old one: set, then regenerate',
  finds: 'expected 200 to be 403',
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      {
        data: { user: 'ada' },
        before: (t) => {
          copied = t.cookie;
        },
        ...orders,
      },
      [
        (t) => t.action(app.becomeAdmin),
        ({ store }) =>
          createSessionTester(session, { store, headers: { cookie: copied } }).route(app.adminPage),
      ],
      (_t, [, theirs]) => expect(theirs.response.status).toBe(403),
    ),
});
