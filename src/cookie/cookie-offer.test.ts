import { cookies } from 'next/headers.js';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import { HandlerServer } from '../test-kits/handler-server.js';
import { NextScope } from '../test-kits/next-scope.js';
import { SpyStore } from '../test-kits/spy-store.js';

let server: HandlerServer;
beforeAll(async () => {
  server = await HandlerServer.start();
});
afterAll(() => server.stop());

function setUp() {
  const store = new SpyStore();
  const session = nextAppSession({ secret: 'a secret', store, cookie: { maxAge: 3600 } });
  const begin = async () =>
    cookiesOf(await server.visit(async () => ({ first: () => session().set('n', 1) })));
  return { store, session, begin };
}

function cookiesOf(headers: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    headers.map((header) => {
      const [name = '', value = ''] = (header.split(';')[0] ?? '').split(/=(.*)/);
      return [name, decodeURIComponent(value)];
    }),
  );
}

it('a cookie that the app deletes after the session has set it stays deleted', async () => {
  const { session } = setUp();
  const headers = await server.visit(async () => {
    await session().set('n', 1);
    (await cookies()).delete('sid');
    return {};
  });
  expect(headers).toEqual([expect.stringMatching(/^sid=;/)]);
});

it('a touch() that the store takes long to answer sends the cookie that it dates', async () => {
  const { store, session, begin } = setUp();
  const given = await begin();
  vi.useFakeTimers({ now: Date.now() + 1_000_000, toFake: ['Date'] });
  try {
    const slow = new NextScope(given);
    store.spy.before('set', async () => {}); // The slide of the read.
    store.spy.before('set', () => new Promise((resolve) => setTimeout(resolve, 1200)));
    await slow.run('action', () => session().touch());
    expect(slow.setCookies()).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});
