import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret } from './race.js';

const session = nextAppSession<{ formToken: string }>({ name: 'order-form', secret });
/** The app's database. */
const orders: string[] = [];

const broken = {
  async order(token: string) {
    if ((await session().get('formToken')) !== token) return 'sent already';
    orders.push(token);
    await session().destroy('formToken');
    return 'ordered';
  },
};

const fixed: typeof broken = {
  async order(token) {
    if ((await session().take('formToken')) !== token) return 'sent already';
    orders.push(token);
    return 'ordered';
  },
};

export const orderForm = race({
  title: 'a double click sends a form with a CSRF token: a token used twice',
  finds: "expected [ 'token', 'token' ] to deeply equal [ 'token' ]",
  broken,
  fixed,
  run: (app, options) =>
    forEachInterleaving(
      session,
      { data: { formToken: 'token' }, before: () => orders.splice(0), ...options },
      [(t) => t.action(() => app.order('token')), (t) => t.action(() => app.order('token'))],
      () => expect(orders).toEqual(['token']),
    ),
});
