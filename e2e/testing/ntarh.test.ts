// First, as it asks for: it prepares what Next's modules look for when they load.
import 'next-test-api-route-handler';
import nextAppSession from 'next-app-session';
import { createSessionTester } from 'next-app-session/testing';
import { testApiHandler } from 'next-test-api-route-handler';
import { expect, test } from 'vitest';

const session = nextAppSession<{ user: string; n: number }>({ secret: 'a secret of this test' });

const appHandler = {
  async POST() {
    await session().regenerate((data) => ({ ...data, n: (data.n ?? 0) + 1 }));
    return Response.json({ n: await session().get('n') });
  },
};

test('a handler that next-test-api-route-handler serves has the tester’s session', async () => {
  const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
  const call = () =>
    testApiHandler({
      appHandler,
      requestPatcher: (request) => request.headers.set('cookie', t.cookie),
      async test({ fetch }) {
        const response = await fetch({ method: 'POST' });
        t.keep(response);
        expect(response.status).toBe(200);
      },
    });
  const before = await t.id();
  await t.within(call);
  expect(await t.read()).toEqual({ user: 'ada', n: 2 });
  expect(await t.id()).not.toBe(before);
  // The new cookie goes out with the next request.
  await t.within(call);
  expect(await t.read()).toEqual({ user: 'ada', n: 3 });
});
