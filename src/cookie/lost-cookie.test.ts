import { NextRequest, NextResponse } from 'next/server.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import type { CookieOptions } from '../options/cookie-options.js';
import { Browser } from '../test-kits/browser.js';
import { NextScope } from '../test-kits/next-scope.js';

const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
beforeEach(() => {
  Reflect.deleteProperty(globalThis, Symbol.for('next-app-session.warnings'));
  warn.mockClear();
});
afterEach(() => vi.unstubAllEnvs());

/** What is warned of when a request in the Pages Router sets the cookie. */
async function inPages(cookie: CookieOptions, headers: object, address: object = {}): Promise<string[]> {
  const session = nextAppSession({ secret: 'a secret', cookie });
  const { request, response } = new Browser(session).open();
  Object.assign(request, { headers, ...address });
  await session(request, response).set('n', 1);
  return warnings();
}

async function inProxy(
  cookie: CookieOptions,
  headers: Record<string, string>,
  url: string,
): Promise<string[]> {
  const session = nextAppSession({ secret: 'a secret', cookie });
  await session(new NextRequest(url, { headers }), NextResponse.next()).set('n', 1);
  return warnings();
}

async function warnings(): Promise<string[]> {
  await new Promise(setImmediate);
  return warn.mock.calls.map(([text]) => String(text));
}

const PLAIN_HTTP = [expect.stringMatching(/Secure session cookie was set over plain http/)];
const OUTSIDE = [expect.stringMatching(/outside of \/account set the session cookie/)];

describe('a Secure cookie over plain http', () => {
  it('warns, once', async () => {
    expect(await inPages({ secure: true }, { 'x-forwarded-proto': 'http' })).toEqual(PLAIN_HTTP);
    expect(await inPages({ secure: true }, { 'x-forwarded-proto': 'http' })).toHaveLength(1);
  });

  it('warns in proxy too', async () => {
    const headers = { 'x-forwarded-proto': 'http' };
    expect(await inProxy({ secure: true }, headers, 'http://localhost/')).toEqual(PLAIN_HTTP);
  });

  it.each([
    ['https', { 'x-forwarded-proto': 'https' }],
    ['https, as one of several proxies says', { 'x-forwarded-proto': 'http,https' }],
    ['nothing that tells', {}],
  ])('does not warn over %s', async (_, headers) => {
    expect(await inPages({ secure: true }, headers)).toEqual([]);
  });

  it('does not warn of a cookie that is not Secure', async () => {
    expect(await inPages({ secure: false }, { 'x-forwarded-proto': 'http' })).toEqual([]);
  });
});

describe('a cookie that is set outside of its path', () => {
  const cookie = { path: '/account' };
  beforeEach(() => vi.stubEnv('NODE_ENV', 'development'));

  it.each([{ url: '/sign-in' }, { url: '/accounts' }, { url: '/account', originalUrl: '/shop/account' }])(
    'warns in development: %j',
    async (address) => {
      expect(await inPages(cookie, {}, address)).toEqual(OUTSIDE);
    },
  );

  it.each([
    { url: '/account' },
    { url: '/account/orders?page=2' },
    { url: '/x', originalUrl: '/account/x' },
    {},
  ])('does not warn within it: %j', async (address) => {
    expect(await inPages(cookie, {}, address)).toEqual([]);
  });

  it('goes by the URL in the browser, which Next keeps with its basePath', async () => {
    const meta = { [Symbol.for('NextInternalRequestMeta')]: { initURL: 'http://localhost/account/api/x' } };
    expect(await inPages(cookie, {}, { ...meta, url: '/api/x' })).toEqual([]);
  });

  it('warns in proxy too', async () => {
    expect(await inProxy(cookie, {}, 'http://localhost/sign-in')).toEqual(OUTSIDE);
  });

  it('does not warn in production', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    expect(await inPages({ ...cookie, secure: false }, {}, { url: '/sign-in' })).not.toContainEqual(
      OUTSIDE[0],
    );
  });

  it('warns in the App Router where the bundler tells the basePath', async () => {
    const session = nextAppSession({ secret: 'a secret', cookie: { path: '/base/account' } });
    const outside = expect.stringMatching(/outside of \/base\/account/);
    await new NextScope().run('action', () => session().set('n', 1));
    expect(await warnings()).not.toContainEqual(outside);
    vi.stubEnv('__NEXT_ROUTER_BASEPATH', '/base');
    await new NextScope().run('action', () => session().set('n', 1));
    expect(await warnings()).not.toContainEqual(outside);
    vi.stubEnv('__NEXT_ROUTER_BASEPATH', '');
    await new NextScope().run('action', () => session().set('n', 1));
    expect(await warnings()).toContainEqual(outside);
  });
});

it('a request whose URL is none is no reason to fail', async () => {
  expect(await inPages({ path: '/account', secure: true }, {}, { url: 'http://[' })).toEqual([]);
});
