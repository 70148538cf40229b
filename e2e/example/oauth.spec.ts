import { expect, someoneSignedIn, test } from './fixtures.js';
import { signInAtProvider } from './identity-provider.js';

test('signing in with the identity provider keeps the data, brings tokens, and rotates the ID', async ({
  page,
  session,
}) => {
  await session.write({ count: 3 });
  const before = await session.id();
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Sign in with the identity provider' }).click();
  await signInAtProvider(page, 'Ada');
  await expect(page).toHaveURL('/account');
  await expect(page.getByRole('definition').filter({ hasText: /^Ada$/ })).toBeVisible();
  const tokens = expect.objectContaining({
    accessToken: expect.any(String),
    refreshToken: expect.any(String),
    idToken: expect.any(String),
    sid: expect.any(String),
    sub: 'Ada',
  });
  await expect(session).toHaveSession({ count: 3, user: someoneSignedIn, tokens });
  expect(await session.id()).not.toBe(before);
});

test('a provider that refuses the code signs nobody in', async ({ page, session }) => {
  await page.goto('/sign-in/oauth');
  const iss = new URL(page.url()).origin;
  const { oauth } = (await session.read()) ?? {};
  const answer = new URLSearchParams({ code: 'made up', state: oauth?.state ?? '', iss });
  await page.goto(`/sign-in/oauth/callback?${answer}`);
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
