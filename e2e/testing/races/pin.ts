import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret, status } from './race.js';

const MAX = 3;
const session = nextAppSession<{ guesses: number }>({ name: 'pin', secret });

const broken = {
  async guess(request: Request) {
    const guesses = (await session().get('guesses')) ?? 0;
    if (guesses >= MAX) return status(429);
    if ((await request.text()) === '4711') return status(200);
    await session().set('guesses', guesses + 1);
    return status(403);
  },
};

const fixed: typeof broken = {
  async guess(request) {
    let guesses = 0;
    await session().update((data) => {
      guesses = (data.guesses ?? 0) + 1;
      return { guesses };
    });
    if (guesses > MAX) return status(429);
    return status((await request.text()) === '4711' ? 200 : 403);
  },
};

export const pin = race({
  title: 'two guesses of a PIN where one is left: a limit that counts afterwards',
  finds: 'expected [ 403, 403 ] to include 429',
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: { guesses: MAX - 1 }, ...orders },
      [
        (t) => t.route(app.guess, { method: 'POST', body: '0000' }),
        (t) => t.route(app.guess, { method: 'POST', body: '0001' }),
      ],
      (_t, answers) => expect(answers.map(({ response }) => response.status)).toContain(429),
    ),
});
