import nextAppSession from 'next-app-session';
import { createSessionTester, forEachInterleaving, type SessionTester } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret, status } from './race.js';

interface Data {
  cart: string[];
}

const account = nextAppSession<Data>({ name: 'account', secret });
const guest = nextAppSession<Data>({ name: 'guest', secret });

const broken = {
  async add(item: string) {
    await guest().update((data) => ({ cart: [...(data.cart ?? []), item] }));
  },
  async moveCart() {
    const cart = (await guest().get('cart')) ?? [];
    await account().update((data) => ({ cart: [...(data.cart ?? []), ...cart] }));
    await guest().destroy('cart');
    return status(204);
  },
};

const fixed: typeof broken = {
  ...broken,
  async moveCart() {
    const cart = (await guest().take('cart')) ?? [];
    await account().update((data) => ({ cart: [...(data.cart ?? []), ...cart] }));
    return status(204);
  },
};

/** Gives the second module the store of the first one, too. */
function withGuest<T>({ store }: SessionTester<Data>, code: () => Promise<T>): Promise<T> {
  return createSessionTester(guest, { store }).within(code);
}

export const guestCart = race({
  title: 'the cart moves from one session to another one: two session modules',
  finds: "expected [ 'pen' ] to deeply equal [ 'ink', 'pen' ]",
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      account,
      { data: { cart: [] }, before: (t) => withGuest(t, () => t.action(() => app.add('pen'))), ...orders },
      [
        (t) => withGuest(t, () => t.action(() => app.add('ink'))),
        (t) => withGuest(t, () => t.route(app.moveCart)),
      ],
      (t) =>
        withGuest(t, async () => {
          const { result: left } = await t.component(() => guest().get('cart'));
          expect([...(left ?? []), ...((await t.read())?.cart ?? [])].toSorted()).toEqual(['ink', 'pen']);
        }),
    ),
});
