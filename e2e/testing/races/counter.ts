import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret } from './race.js';

const session = nextAppSession<{ likes: number }>({ name: 'counter', secret });

const broken = {
  async like() {
    const likes = (await session().get('likes')) ?? 0;
    await session().set('likes', likes + 1);
  },
};

const fixed: typeof broken = {
  async like() {
    await session().update((data) => ({ likes: (data.likes ?? 0) + 1 }));
  },
};

export const counter = race({
  title: 'two clicks are counted: read, then set what was computed',
  finds: 'expected { likes: 1 } to deeply equal { likes: 2 }',
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: { likes: 0 }, ...orders },
      [(t) => t.action(app.like), (t) => t.action(app.like)],
      async (t) => expect(await t.read()).toEqual({ likes: 2 }),
    ),
});
