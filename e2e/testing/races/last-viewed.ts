import { after } from 'next/server.js';
import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret, status } from './race.js';

const session = nextAppSession<{ viewed: string[] }>({ name: 'last-viewed', secret });

interface Context {
  params: Promise<{ id: string }>;
}

const broken = {
  async product(_request: Request, { params }: Context) {
    const { id } = await params;
    after(async () => {
      const viewed = (await session().get('viewed')) ?? [];
      await session().set('viewed', [id, ...viewed]);
    });
    return status(200);
  },
};

const fixed: typeof broken = {
  async product(_request, { params }) {
    const { id } = await params;
    after(() => session().update((data) => ({ viewed: [id, ...(data.viewed ?? [])] })));
    return status(200);
  },
};

export const lastViewed = race({
  title: 'two tabs add to the list of what was last viewed, in after()',
  finds: "expected [ 'b' ] to deeply equal [ 'a', 'b' ]",
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: { viewed: [] }, ...orders },
      [
        (t) => t.route(app.product, { params: { id: 'a' } }),
        (t) => t.route(app.product, { params: { id: 'b' } }),
      ],
      async (t) => expect((await t.read())?.viewed?.toSorted()).toEqual(['a', 'b']),
    ),
});
