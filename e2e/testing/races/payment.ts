import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret, status } from './race.js';

const session = nextAppSession<{ order: string; isPaid: boolean }>({ name: 'payment', secret });
/** The provider of payments: it charges once for each key. */
const charges = new Set<string>();

const broken = {
  async pay() {
    if (await session().get('isPaid')) return status(200);
    charges.add(crypto.randomUUID());
    await session().set('isPaid', true);
    return status(200);
  },
};

const fixed: typeof broken = {
  async pay() {
    let order = '';
    await session().update((data) => {
      data.order ??= crypto.randomUUID();
      order = data.order;
    });
    charges.add(order);
    await session().set('isPaid', true);
    return status(200);
  },
};

export const payment = race({
  title: 'a call of the store fails after the payment, and the visitor clicks again: a fault',
  finds: 'expected 2 to be 1',
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: {}, faults: true, before: () => charges.clear(), ...orders },
      [(t) => t.route(app.pay).catch(() => t.route(app.pay))],
      () => expect(charges.size).toBe(1),
    ),
});
