import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret, status } from './race.js';

const session = nextAppSession<{ user: string; actor: string }>({ name: 'support', secret });
/** The app's database: the addresses of users. */
const addresses: Record<string, string> = {};

const broken = {
  async actAs(user: string) {
    await session().set('user', user);
    await session().set('actor', 'support');
  },
  async changeAddress() {
    const { user, actor } = await session().all();
    if (!user || actor) return status(403);
    addresses[user] = 'support@example.com';
    return status(204);
  },
};

const fixed: typeof broken = {
  ...broken,
  async actAs(user) {
    await session().update((data) => ({ ...data, user, actor: 'support' }));
  },
};

export const support = race({
  title: 'support begins to act as a user in two writes, and changes an address in another tab',
  finds: "expected 'support@example.com' to be 'ada@example.com'",
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      {
        data: { user: 'eve' },
        before: () => Object.assign(addresses, { ada: 'ada@example.com', eve: 'eve@example.com' }),
        ...orders,
      },
      [(t) => t.action(() => app.actAs('ada')), (t) => t.route(app.changeAddress)],
      () => expect(addresses.ada).toBe('ada@example.com'),
    ),
});
