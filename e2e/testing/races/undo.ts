import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret } from './race.js';

const session = nextAppSession<{ history: string[]; at: number }>({ name: 'undo', secret });

const broken = {
  async edit(text: string) {
    const { history = [], at = -1 } = await session().all();
    await session().set('history', [...history.slice(0, at + 1), text]);
    await session().set('at', at + 1);
  },
  async undo() {
    await session().update((data) => ({ ...data, at: Math.max(0, (data.at ?? 0) - 1) }));
  },
};

const fixed: typeof broken = {
  ...broken,
  async edit(text) {
    await session().update(({ history = [], at = -1 }) => ({
      history: [...history.slice(0, at + 1), text],
      at: at + 1,
    }));
  },
};

export const undo = race({
  title: 'an edit and an undo at once: two keys that belong together',
  finds: 'expected 2 to be 1',
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: { history: ['one', 'two'], at: 1 }, ...orders },
      [(t) => t.action(() => app.edit('three')), (t) => t.action(app.undo)],
      async (t) => expect((await t.read())?.at).toBe(1),
    ),
});
