import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret, unlessGone } from './race.js';

const session = nextAppSession<{ user?: string; draft?: string }>({ name: 'next-user', secret });

const broken = {
  async signIn(user: string) {
    if ((await session().get('user')) !== user) await session().setAll({});
    await session().regenerate((data) => ({ ...data, user }));
  },
  saveDraft: (user: string) =>
    unlessGone(async () => {
      if ((await session().get('user')) === user) await session().set('draft', `a letter of ${user}`);
    }, undefined),
};

const fixed: typeof broken = {
  ...broken,
  async signIn(user) {
    await session().regenerate((data) => ({ ...(data.user !== user ? {} : data), user }));
  },
};

export const nextUser = race({
  title: 'bob signs in where ada was, and her tab still writes: data of the earlier visitor',
  finds: "expected { draft: 'a letter of ada', …(1) } to deeply equal { user: 'bob' }",
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: { user: 'ada' }, ...orders },
      [(t) => t.action(() => app.signIn('bob')), (t) => t.action(() => app.saveDraft('ada'))],
      async (t) => expect(await t.read()).toEqual({ user: 'bob' }),
    ),
});
