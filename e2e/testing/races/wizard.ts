import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret } from './race.js';

interface Answers {
  name?: string;
  city?: string;
}

const session = nextAppSession<{ answers: Answers }>({ name: 'wizard', secret });

const broken = {
  async save(step: Answers) {
    const answers = (await session().get('answers')) ?? {};
    await session().set('answers', { ...answers, ...step });
  },
};

const fixed: typeof broken = {
  async save(step) {
    await session().update((data) => ({ answers: { ...data.answers, ...step } }));
  },
};

export const wizard = race({
  title: 'two steps of a wizard, whose answers are one object, are saved at once',
  finds: "to deeply equal { name: 'Ada', city: 'London' }",
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: { answers: {} }, ...orders },
      [(t) => t.action(() => app.save({ name: 'Ada' })), (t) => t.action(() => app.save({ city: 'London' }))],
      async (t) => expect((await t.read())?.answers).toEqual({ name: 'Ada', city: 'London' }),
    ),
});
