import { cookies } from 'next/headers.js';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { SessionError } from '../lib/errors.js';
import { nextAppSession } from '../next-app-session.js';
import { resolveOptions } from '../options/options.js';
import { BLANK } from '../record/record.js';
import type { Scope } from '../scope/scope.js';
import { HandlerServer } from '../test-kits/handler-server.js';
import { NextScope } from '../test-kits/next-scope.js';
import { SpyStore } from '../test-kits/spy-store.js';
import { RequestCookie } from './request-cookie.js';
import { SessionCookie } from './session-cookie.js';

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

it('a move that is tried again offers its last ID alone, and none when it is given up or comes too late', () => {
  const offered = new Set<string>();
  const begun = vi.fn<() => SessionError | null>(() => null);
  const scope = {
    begun,
    offerCookie: (_: string, value: string) => {
      offered.add(value);
      return () => void offered.delete(value);
    },
  } as unknown as Scope;
  const offer = new RequestCookie(new SessionCookie(resolveOptions({})), []).offer(scope, 0);
  const make = (id: string) =>
    offer.make({ is: 'live', id, key: id, version: '1', isOutdated: false, session: BLANK });
  for (const id of ['first-id', 'second-id']) {
    make(id);
    expect([...offered]).toEqual([id]);
  }
  const error = new SessionError('ERR_SESSION_NO_RESPONSE', 'It has begun.');
  begun.mockReturnValueOnce(error);
  expect(() => make('third-id')).toThrow(error);
  expect([...offered]).toEqual([]);
  make('fourth-id');
  offer.withdraw();
  expect([...offered]).toEqual([]);
});
