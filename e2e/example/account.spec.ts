import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { expect, signedIn, signIn, test } from './fixtures.js';

/** Returns a new user's name: tests share the store. */
const someone = () => `Ada ${randomUUID().slice(0, 8)}`;

const rows = (page: Page) =>
  page.getByRole('region', { name: 'Where you are signed in' }).getByRole('listitem');
const here = (page: Page) => rows(page).filter({ hasText: 'this browser' });
const others = (page: Page) => rows(page).filter({ hasNotText: 'this browser' });

/** Signs a user in by the page, in a new browser. */
async function openBrowser(browser: Browser, baseURL: string | undefined, name: string) {
  const context: BrowserContext = await browser.newContext({ ...(baseURL && { baseURL }) });
  const page = await context.newPage();
  await signIn(page, name);
  await page.goto('/account');
  return page;
}

test('two browsers: each is listed in the other, and one ends the other', async ({ browser, baseURL }) => {
  const name = someone();
  const laptop = await openBrowser(browser, baseURL, name);
  const phone = await openBrowser(browser, baseURL, name);
  await expect(rows(phone)).toHaveCount(2);
  await laptop.reload();
  await expect(rows(laptop)).toHaveCount(2);
  await expect(here(laptop)).toHaveCount(1);
  await expect(here(laptop)).toContainText(/Signed in \d{4}-\d\d-\d\d.*Last seen \d{4}-\d\d-\d\d/);

  await others(laptop).getByRole('button', { name: 'Sign out' }).click();
  await expect(rows(laptop)).toHaveCount(1);
  await expect(laptop.getByRole('button', { name: 'Sign out everywhere else' })).toHaveCount(0);

  // What it still shows is of no use: its next click leads to the sign-in page.
  await phone.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await expect(phone).toHaveURL(/\/sign-in/);
  await laptop.reload();
  await expect(rows(laptop)).toHaveCount(1);
  await Promise.all([laptop.context().close(), phone.context().close()]);
});

test('signing out everywhere else leaves this browser signed in', async ({ sessions }) => {
  const user = someone();
  const [laptop, phone, tablet] = await sessions.devices(signedIn(user), 3);
  if (!laptop || !phone || !tablet) throw new Error('Three were asked for.');
  await laptop.page.goto('/account');
  await expect(rows(laptop.page)).toHaveCount(3);
  await laptop.page.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await expect(rows(laptop.page)).toHaveCount(1);
  for (const { page, session } of [phone, tablet]) {
    expect(await session.read()).toBeNull();
    await page.goto('/account');
    await expect(page).toHaveURL(/\/sign-in/);
  }
  await laptop.page.reload();
  await expect(here(laptop.page)).toHaveCount(1);
});

test('signing out here is seen in the other browser', async ({ sessions }) => {
  const [laptop, phone] = await sessions.devices(signedIn(someone()), 2);
  if (!laptop || !phone) throw new Error('Two were asked for.');
  await phone.page.goto('/account');
  await here(phone.page).getByRole('button', { name: 'Sign out here' }).click();
  await expect(phone.page).toHaveURL(/\/sign-in/);
  await laptop.page.goto('/account');
  await expect(rows(laptop.page)).toHaveCount(1);
});

test('a page shows no ID, and a handle is of use to its user alone', async ({ sessions }) => {
  const ada = await sessions.as(signedIn(someone()));
  const [other] = await sessions.devices(signedIn(someone()), 2);
  if (!other) throw new Error('Two were asked for.');
  await other.page.goto('/account');
  const handle = await others(other.page).locator('input[name=handle]').inputValue();
  expect(await other.page.content()).not.toContain(await other.session.id());

  const mallory = await sessions.devices(signedIn(someone()), 2);
  const page = mallory[0]?.page;
  if (!page) throw new Error('Two were asked for.');
  await page.goto('/account');
  await others(page)
    .locator('input[name=handle]')
    .evaluate((input, value) => input.setAttribute('value', value), handle);
  await others(page).getByRole('button', { name: 'Sign out' }).click();
  await page.waitForLoadState('networkidle');
  await expect(rows(page)).toHaveCount(2);
  await other.page.reload();
  await expect(rows(other.page)).toHaveCount(2);
  expect(await ada.session.read()).not.toBeNull();
});
