import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret, status, unlessGone } from './race.js';

const session = nextAppSession<{ user: string; draft: string }>({ name: 'sign-out', secret });

const broken = {
  async signOut() {
    await session().destroy();
  },
  async editor() {
    return session().has('user');
  },
  async saveDraft(request: Request) {
    // A write of a visitor who has no session begins one.
    await session().set('draft', await request.text());
    return status(204);
  },
};

const fixed: typeof broken = {
  ...broken,
  saveDraft: (request) =>
    unlessGone(async () => {
      if (!(await session().has('user'))) return status(401);
      await session().set('draft', await request.text());
      return status(204);
    }, status(401)),
};

export const signOut = race({
  title: 'a draft is saved during the sign-out: what was private is in a new session',
  finds: "expected { draft: 'a letter of ada' } to be null",
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: { user: 'ada' }, ...orders },
      [
        (t) => t.action(app.signOut),
        async (t) => {
          const { result: isOpen } = await t.component(app.editor);
          if (isOpen) await t.route(app.saveDraft, { method: 'POST', body: 'a letter of ada' });
        },
      ],
      async (t) => expect(await t.read()).toBeNull(),
    ),
});
