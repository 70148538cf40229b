import {
  mergeTests,
  type PlaywrightTestArgs,
  type PlaywrightTestOptions,
  type PlaywrightWorkerArgs,
  type PlaywrightWorkerOptions,
  type TestType,
} from '@playwright/test';
import { HttpResponse, http, type RequestHandler } from 'msw';
import { test as nextTest } from 'next/experimental/testmode/playwright/msw.js';
import { test as base, expect, someoneSignedIn } from './fixtures.js';

const ISSUER = 'https://identity.test';

type NextFixtures = { msw: { use(...handlers: RequestHandler[]): void }; mswHandlers: RequestHandler[] };

// As Next types it, only with the msw of ES modules: its own types are those of CommonJS.
const withIdentityProvider = nextTest as unknown as TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & NextFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions
>;

const test = mergeTests(base, withIdentityProvider);

// The server's own requests: what it asks of the identity provider is answered here.
test.use({
  mswHandlers: [
    [
      http.post(`${ISSUER}/token`, async ({ request }) => {
        const form = new URLSearchParams(await request.text());
        const isValid = form.get('code') === 'the code' && (form.get('code_verifier') ?? '').length >= 43;
        if (!isValid) return HttpResponse.json({ error: 'invalid_grant' }, { status: 400 });
        return HttpResponse.json({ access_token: 'the token' });
      }),
      http.get(`${ISSUER}/userinfo`, ({ request }) => {
        const isKnown = request.headers.get('authorization') === 'Bearer the token';
        return isKnown ? HttpResponse.json({ name: 'Ada' }) : new HttpResponse(null, { status: 401 });
      }),
    ],
    { scope: 'test' },
  ],
});

test.beforeEach(async ({ page, baseURL }) => {
  // The provider's page. Playwright routes no request that a redirect leads to, so this stands where the app sends the
  // visitor off, and a click leads back: Next's test mode would miss a redirect, too.
  await page.route('**/sign-in/oauth', async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    const { location = '', ...headers } = response.headers();
    const asked = new URL(location);
    expect(asked.origin + asked.pathname).toBe(`${ISSUER}/authorize`);
    const back = new URL('/sign-in/oauth/callback', baseURL);
    back.searchParams.set('code', 'the code');
    back.searchParams.set('state', asked.searchParams.get('state') ?? '');
    const body = `<a href="${back.href.replaceAll('&', '&amp;')}">Allow</a>`;
    await route.fulfill({ status: 200, headers, contentType: 'text/html', body });
  });
});

test('signing in with the identity provider keeps the data and rotates the ID', async ({ page, session }) => {
  await session.write({ count: 3 });
  const before = await session.id();
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Sign in with the identity provider' }).click();
  await page.getByRole('link', { name: 'Allow' }).click();
  await expect(page).toHaveURL('/account');
  await expect(page.getByRole('definition').filter({ hasText: /^Ada$/ })).toBeVisible();
  await expect(session).toHaveSession({ count: 3, user: someoneSignedIn });
  expect(await session.id()).not.toBe(before);
});

test('a provider that refuses the code signs nobody in', async ({ page, session, msw }) => {
  msw.use(http.post(`${ISSUER}/token`, () => HttpResponse.json({ error: 'invalid_grant' }, { status: 400 })));
  await page.goto('/sign-in/oauth');
  await page.getByRole('link', { name: 'Allow' }).click();
  await expect(page).toHaveURL('/sign-in?failed=provider');
  await expect(page.getByRole('main').getByRole('alert')).toHaveText(
    /^The identity provider did not sign you in\./,
  );
  await expect(session).toHaveSession({});
});

test('an answer that this browser did not ask for signs nobody in', async ({ page, session }) => {
  await page.goto('/sign-in/oauth/callback?code=the+code&state=planted');
  await expect(page).toHaveURL('/sign-in?failed=state');
  await expect(session).not.toHaveSession();
});
