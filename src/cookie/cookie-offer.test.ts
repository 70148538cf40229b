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
  const dataOf = (given: Record<string, string>) => new NextScope(given).run('render', () => session().all());
  const begin = async () =>
    cookiesOf(await server.visit(async () => ({ first: () => session().set('n', 1) })));
  return { store, session, dataOf, begin };
}

function cookiesOf(headers: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    headers.map((header) => {
      const [name = '', value = ''] = (header.split(';')[0] ?? '').split(/=(.*)/);
      return [name, decodeURIComponent(value)];
    }),
  );
}

it('a move that is tried again after the head was sent keeps the ID that the head has', async () => {
  const { store, session, dataOf, begin } = setUp();
  const before = await begin();
  let send = () => {};
  const sent = new Promise<void>((resolve) => {
    send = resolve;
  });
  let moved: Promise<unknown> = Promise.resolve();
  const headers = await server.visit(
    async () => ({
      first: async () => {
        store.spy.reset();
        await session().get('n');
        const [key = ''] = store.spy.keys;
        let arrive = () => {};
        const arrived = new Promise<void>((resolve) => {
          arrive = resolve;
        });
        // The successor is written; then another process writes the old record, and the head is sent.
        store.spy.before('set', async () => {});
        store.spy.before('set', async () => {
          const options = { now: Date.now(), clock: 'system' as const };
          const loaded = await store.memory.atomic.load(key, options);
          const record = { ...loaded?.record, m: 2 };
          await store.memory.atomic.swap(key, loaded?.version ?? null, record, options);
          arrive();
          await sent;
        });
        moved = session().regenerate();
        await arrived;
      },
      rest: async () => {
        send();
        await moved;
      },
    }),
    before,
  );
  expect(await dataOf(cookiesOf(headers))).toEqual({ n: 1, m: 2 });
});

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
