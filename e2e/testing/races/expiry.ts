import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret, unlessGone } from './race.js';

const session = nextAppSession<{ user: string; note: string }>({
  name: 'expiry',
  secret,
  idleTimeout: 30 * 60,
});

const broken = {
  async Page() {
    return session().has('user');
  },
  async save() {
    // Only somebody who has seen the page can get here. But when?
    await session().set('note', 'a secret of ada');
    return 'saved';
  },
};

const fixed: typeof broken = {
  ...broken,
  save: () =>
    unlessGone(async () => {
      if (!(await session().has('user'))) return 'sign in again';
      await session().set('note', 'a secret of ada');
      return 'saved';
    }, 'sign in again'),
};

export const expiry = race({
  title: 'the session times out between a page and its form: expiry',
  finds: "expected { note: 'a secret of ada' } to match object { user: 'ada' }",
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: { user: 'ada' }, ...orders },
      [
        async (t) => {
          const { result: isOpen } = await t.component(app.Page);
          if (isOpen) await t.action(app.save);
        },
        (t) => t.advance({ minutes: 31 }),
      ],
      async (t) => expect((await t.read()) ?? { user: 'ada' }).toMatchObject({ user: 'ada' }),
    ),
});
