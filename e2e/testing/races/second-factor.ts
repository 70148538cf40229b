import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret, status, unlessGone } from './race.js';

const session = nextAppSession<{ pending: string; user: string }>({
  name: 'second-factor',
  secret,
  idleTimeout: 30 * 60,
});

const broken = {
  async password() {
    await session().set('pending', 'ada');
    return status(204);
  },
  async secondFactor() {
    await session().regenerate((data) => ({ user: data.pending as string }));
    return Response.json({ welcome: await session().get('user') });
  },
};

const fixed: typeof broken = {
  ...broken,
  secondFactor: () =>
    unlessGone(async () => {
      const user = await session().take('pending');
      if (!user) return status(401);
      await session().regenerate(() => ({ user }));
      return Response.json({ welcome: user });
    }, status(401)),
};

export const secondFactor = race({
  title: 'the session times out between password and second factor: expiry',
  finds: "expected { welcome: null } to deeply equal { welcome: 'ada' }",
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      orders,
      [
        async (t) => {
          await t.route(app.password);
          return t.route(app.secondFactor);
        },
        (t) => t.advance({ minutes: 31 }),
      ],
      async (_t, [{ response }]) => {
        if (response.ok) expect(await response.json()).toEqual({ welcome: 'ada' });
      },
    ),
});
