import { type NextRequest, NextResponse } from 'next/server.js';
import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret } from './race.js';

const session = nextAppSession<{ visits: number }>({ name: 'proxy-visits', secret });

const broken = {
  async proxy(request: NextRequest) {
    const response = NextResponse.next();
    const visits = (await session(request, response).get('visits')) ?? 0;
    await session(request, response).set('visits', visits + 1);
    return response;
  },
};

const fixed: typeof broken = {
  async proxy(request) {
    const response = NextResponse.next();
    await session(request, response).update((data) => ({ visits: (data.visits ?? 0) + 1 }));
    return response;
  },
};

export const proxyVisits = race({
  title: 'a proxy counts the requests that a page makes at once',
  finds: 'expected { visits: 2 } to deeply equal { visits: 3 }',
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: { visits: 0 }, ...orders },
      [(t) => t.proxy(app.proxy), (t) => t.proxy(app.proxy), (t) => t.proxy(app.proxy)],
      async (t) => expect(await t.read()).toEqual({ visits: 3 }),
    ),
});
