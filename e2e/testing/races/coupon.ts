import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret } from './race.js';

const session = nextAppSession<{ coupon: string }>({ name: 'coupon', secret });

const broken = {
  async redeem(coupon: string) {
    if (await session().has('coupon')) return 'you have used one';
    await session().set('coupon', coupon);
    return `${coupon} taken off the price`;
  },
};

const fixed: typeof broken = {
  async redeem(coupon) {
    let used: string | undefined;
    await session().update((data) => {
      used = data.coupon;
      data.coupon ??= coupon;
    });
    return used ? 'you have used one' : `${coupon} taken off the price`;
  },
};

export const coupon = race({
  title: 'two coupons where one is allowed: check, then act',
  finds: 'to have a length of 1 but got 2',
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      // The visitor has a session: two first requests of a new one would make two.
      { data: {}, ...orders },
      [(t) => t.action(() => app.redeem('SPRING')), (t) => t.action(() => app.redeem('WELCOME'))],
      (_t, outcomes) => {
        expect(outcomes.filter(({ result }) => result?.endsWith('taken off the price'))).toHaveLength(1);
      },
    ),
});
