import { NextRequest, NextResponse } from 'next/server.js';
import { describe, expect, it } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import { Browser } from '../test-kits/browser.js';
import { HandlerServer } from '../test-kits/handler-server.js';
import { NextScope } from '../test-kits/next-scope.js';
import { SpyStore } from '../test-kits/spy-store.js';

function setUp() {
  const store = new SpyStore();
  const session = nextAppSession<{ user: string; n: number }>({ secret: 'a secret', store });
  /** Signs somebody in. Returns their Cookie header. */
  const signIn = async (user: string) => {
    const browser = new Browser(session);
    await browser.visit((own) => own().set('user', user));
    store.spy.reset();
    return `sid=${encodeURIComponent(browser.cookies.get('sid') ?? '')}`;
  };
  return { store, session, signIn };
}

function requestWith(cookie: string): NextRequest {
  return new NextRequest('http://localhost/', { headers: { cookie } });
}

describe('proxy', () => {
  it('one NextResponse for two requests let the second visitor in as the first', async () => {
    const { session, signIn } = setUp();
    const response = NextResponse.next();
    const ada = requestWith(await signIn('ada'));
    const bob = requestWith(await signIn('bob'));
    expect(await session(ada, response).get('user')).toBe('ada');
    expect(await session(bob, response).get('user')).toBe('bob');
    expect(await session(requestWith(''), response).all()).toEqual({});
  });

  it('two responses for one request share its session: one read, each sets its own cookie', async () => {
    const { session, store, signIn } = setUp();
    const request = requestWith(await signIn('ada'));
    const [first, second] = [NextResponse.next(), NextResponse.next()];
    await session(request, first).get('user');
    await session(request, second).regenerate((data) => ({ ...data, n: 1 }));
    expect(await session(request, first).get('n')).toBe(1);
    expect(store.spy.calls.filter((call) => call === 'get')).toHaveLength(1);
    expect(first.cookies.get('sid')).toBeUndefined();
    expect(second.cookies.get('sid')).toBeDefined();
  });

  it('session(request) and session(request, response) are one session: one read, and each sees the writes', async () => {
    const { session, store, signIn } = setUp();
    const cookie = await signIn('ada');
    const [request, response] = [requestWith(cookie), NextResponse.next()];
    await new NextScope(cookie).run('proxy', async () => {
      const users = [session(request).get('user'), session(request, response).get('user')];
      expect(await Promise.all(users)).toEqual(['ada', 'ada']);
      expect(store.spy.calls).toEqual(['get']);
      await session(request, response).set('n', 1);
      expect(await session(request).get('n')).toBe(1);
      await expect(session(request).set('n', 2)).rejects.toMatchObject({ code: 'ERR_SESSION_NO_RESPONSE' });
      await session(request, response).destroy();
      expect(await session(request).all()).toEqual({});
    });
  });

  it('session(request) in a Route Handler is session()', async () => {
    const { session, store, signIn } = setUp();
    const cookie = await signIn('ada');
    const scope = new NextScope(cookie);
    await scope.run('action', async () => {
      await session(requestWith(cookie)).set('n', 1);
      expect(await session().all()).toEqual({ user: 'ada', n: 1 });
      await session(requestWith(cookie)).regenerate();
    });
    expect(store.spy.calls.filter((call) => call === 'get')).toHaveLength(1);
    expect(scope.setCookies()).toHaveLength(1);
  });
});

it('in proxy, after the head is sent, a live session is written and none is created or given a new ID', async () => {
  const { session, signIn } = setUp();
  const server = await HandlerServer.start();
  try {
    const cookie = await signIn('ada');
    const refused = { code: 'ERR_SESSION_NO_RESPONSE' };
    await server.visit(async () => ({
      rest: async () => {
        await expect(session(requestWith(cookie), NextResponse.next()).regenerate()).rejects.toMatchObject(
          refused,
        );
        await expect(session(requestWith(''), NextResponse.next()).set('n', 1)).rejects.toMatchObject(
          refused,
        );
        await session(requestWith(cookie), NextResponse.next()).set('n', 2);
      },
    }));
    expect(await session(requestWith(cookie), NextResponse.next()).all()).toEqual({ user: 'ada', n: 2 });
  } finally {
    server.stop();
  }
});

it('in the Pages Router, one response for two requests has two sessions', async () => {
  const { session, signIn } = setUp();
  const { response } = new Browser(session).open();
  const [ada, bob] = [
    { headers: { cookie: await signIn('ada') } },
    { headers: { cookie: await signIn('bob') } },
  ];
  expect(await session(ada, response).get('user')).toBe('ada');
  expect(await session(bob, response).get('user')).toBe('bob');
});
