import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { test as base, clickWhenReady, expect, sessionPanel } from './fixtures.js';
import { ProviderControl, signInAtProvider } from './identity-provider.js';

// One after another: the provider counts the calls of all.
base.describe.configure({ mode: 'default' });

const test = base.extend<{ provider: ProviderControl }>({
  provider: async ({ baseURL }, use) => {
    const provider = new ProviderControl(baseURL ?? '');
    await provider.reset();
    await use(provider);
    await provider.reset();
  },
});

const token = (page: Page) => page.getByRole('definition').filter({ hasText: /^#/ });

/** Signs a new user in with the provider, on the page of tokens: tests share the store. */
async function signIn(page: Page) {
  const name = `Ada ${randomUUID().slice(0, 8)}`;
  await page.goto('/tokens');
  await page.getByRole('link', { name: 'Sign in with the identity provider' }).click();
  await signInAtProvider(page, name);
  await expect(page).toHaveURL('/tokens');
  await expect(page.getByRole('definition').filter({ hasText: name })).toBeVisible();
}

test('the page has a token of the provider, and shows none', async ({ page, session }) => {
  await signIn(page);
  const { tokens } = (await session.read()) ?? {};
  const html = await page.content();
  for (const secret of [tokens?.accessToken, tokens?.refreshToken, tokens?.idToken, tokens?.sid]) {
    expect(secret).toBeTruthy();
    expect(html).not.toContain(secret);
  }
  await expect(sessionPanel(page)).toContainText(await token(page).innerText());
});

test('twenty that need a token at once: the provider is asked once, and the user stays signed in', async ({
  page,
  session,
  provider,
}) => {
  await signIn(page);
  const before = await session.read();
  await provider.setFaults({ before: 300 });
  await clickWhenReady(page.getByRole('button', { name: 'Send 20 at once' }));
  await expect(page.getByText('20 answers. The provider was asked once.')).toBeVisible();
  await expect(
    page.getByRole('list', { name: 'How long each request took' }).getByRole('listitem'),
  ).toHaveCount(20);
  expect(await provider.renewals()).toMatchObject({ asked: 1, granted: 1 });
  const after = await session.read();
  expect(after).toMatchObject({ user: before?.user, tokens: { sub: before?.tokens?.sub } });
  expect(after?.tokens?.refreshToken).not.toBe(before?.tokens?.refreshToken);
});

test('twenty connections, to the page and to the handler: the provider is asked once', async ({
  page,
  provider,
}) => {
  await signIn(page);
  await provider.setFaults({ before: 300 });
  await page.request.delete('/api/tokens');
  const times = Array.from({ length: 10 });
  const [pages, handled] = await Promise.all([
    Promise.all(times.map(async () => (await page.request.get('/tokens')).text())),
    Promise.all(times.map(async () => (await page.request.get('/api/tokens')).json())),
  ]);
  // All have the one new token.
  expect(new Set(handled.map(({ token }) => token)).size).toBe(1);
  for (const html of pages) expect(html).toContain(handled[0].token);
  expect(await provider.renewals()).toMatchObject({ asked: 1, granted: 1 });
});

test('a token that has expired is renewed while the page renders', async ({ page, provider }) => {
  await signIn(page);
  const before = await token(page).innerText();
  await clickWhenReady(page.getByRole('button', { name: 'Let the token expire' }));
  await expect(token(page)).not.toHaveText(before);
  await expect(sessionPanel(page)).toContainText(await token(page).innerText());
  expect(await provider.renewals()).toMatchObject({ asked: 1, granted: 1 });
});

test('a provider that fails leads to signing in again, and back', async ({ page, session, provider }) => {
  await signIn(page);
  const before = await session.read();
  await provider.setFaults({ failures: 1 });
  await page.request.delete('/api/tokens');
  await page.reload();
  await expect(page.getByRole('main').getByRole('alert')).toHaveText(/did not renew your token/);
  expect(await session.read()).toMatchObject({ user: before?.user });
  await page.getByRole('link', { name: 'Sign in again' }).click();
  // The provider still knows who this is, and asks nothing.
  await expect(page).toHaveURL('/tokens');
  await expect(token(page)).toBeVisible();
});

test('signing out at the provider signs out here, and nobody else', async ({ page, sessions, session }) => {
  await signIn(page);
  const other = await sessions.as({});
  await signIn(other.page);
  const [tab] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: 'Sign out at the identity provider' }).click(),
  ]);
  await tab.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(tab).toHaveURL('/sign-in');
  await page.goto('/account');
  await expect(page).toHaveURL('/sign-in?from=%2Faccount');
  await expect(session).not.toHaveSession();
  await other.page.goto('/account');
  await expect(other.page).toHaveURL('/account');
});

test('signing out here leads to the provider, which then asks who this is', async ({ page }) => {
  await signIn(page);
  await page.goto('/account');
  await page.getByRole('button', { name: 'Sign out here' }).click();
  await expect(page.getByRole('heading', { name: 'Sign out at the identity provider?' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(page).toHaveURL('/sign-in');
  await page.getByRole('link', { name: 'Sign in with the identity provider' }).click();
  await expect(page.getByLabel('Name')).toBeVisible();
});
