import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret } from './race.js';

const PRICE = 5;
const session = nextAppSession<{ cart: string[]; total: number }>({ name: 'cart-total', secret });

const broken = {
  async add(item: string) {
    await session().update((data) => ({ ...data, cart: [...(data.cart ?? []), item] }));
    await session().update((data) => ({ ...data, total: (data.total ?? 0) + PRICE }));
  },
  async Summary() {
    const { cart = [], total } = await session().all();
    return { items: cart.length, total };
  },
};

const fixed: typeof broken = {
  ...broken,
  async add(item) {
    await session().update((data) => ({
      cart: [...(data.cart ?? []), item],
      total: (data.total ?? 0) + PRICE,
    }));
  },
};

export const cartTotal = race({
  title: 'a Server Component reads between two writes of an action',
  finds: 'expected { items: 2, total: 5 } to deeply equal { items: 2, total: 10 }',
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: { cart: ['pen'], total: PRICE }, ...orders },
      [(t) => t.action(() => app.add('ink')), (t) => t.component(() => app.Summary())],
      (_t, [, { result }]) => {
        expect(result).toEqual({ items: result?.items, total: PRICE * (result?.items ?? 0) });
      },
    ),
});
