import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret, status } from './race.js';

const session = nextAppSession<{ cart: string[] }>({ name: 'cart', secret });
/** The app's database. */
const ordered: string[] = [];

const broken = {
  async add() {
    await session().update((data) => ({ cart: [...(data.cart ?? []), 'ink'] }));
    return status(204);
  },
  async checkout() {
    ordered.push(...((await session().get('cart')) ?? []));
    await session().destroy('cart');
    return status(204);
  },
};

const fixed: typeof broken = {
  ...broken,
  async checkout() {
    ordered.push(...((await session().take('cart')) ?? []));
    return status(204);
  },
};

export const cart = race({
  title: 'an item is added during the checkout: cart and checkout',
  finds: "expected [ 'pen' ] to deeply equal [ 'pen', 'ink' ]",
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: { cart: ['pen'] }, before: () => ordered.splice(0), ...orders },
      [(t) => t.route(app.add), (t) => t.route(app.checkout)],
      async (t) => expect([...ordered, ...((await t.read())?.cart ?? [])]).toEqual(['pen', 'ink']),
    ),
});
