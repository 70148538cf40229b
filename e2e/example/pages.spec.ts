import { readFileSync } from 'node:fs';
import { expect, signedIn, test } from './fixtures.js';

const pages = [
  {
    path: '/',
    title: 'next-app-session, by example',
    heading: 'The browser keeps an ID. The server keeps the rest.',
  },
  { path: '/counter', title: 'Counter · next-app-session', heading: 'Counter' },
  { path: '/name', title: 'Name form · next-app-session', heading: 'Name form' },
  { path: '/sign-in', title: 'Sign in · next-app-session', heading: 'Sign in' },
  { path: '/account', title: 'Account · next-app-session', heading: 'Account', user: 'Ada' },
  { path: '/legacy', title: 'Pages Router · next-app-session', heading: 'Pages Router' },
  { path: '/traces', title: 'Traces · next-app-session', heading: 'Traces' },
];

for (const { path, title, heading, user } of pages) {
  test(`${path} has its title and landmarks, fits a phone, and logs no error`, async ({ page, session }) => {
    if (user) await session.write(signedIn(user));
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(path);
    await expect(page).toHaveTitle(title);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
    await expect(page.getByRole('main')).toBeVisible();
    await expect(page.getByRole('banner').first()).toBeVisible();
    const current = page.getByRole('navigation').locator('[aria-current=page]');
    await expect(current).toHaveAttribute('href', path);
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    // Hydration errors come late: wait for what follows them.
    await page.waitForLoadState('networkidle');
  });

  test(`the code on ${path} is that of the files`, async ({ page, session }) => {
    if (user) await session.write(signedIn(user));
    await page.goto(path);
    const figures = await page.getByRole('figure').all();
    expect(figures.length).toBeGreaterThan(0);
    for (const figure of figures) {
      const file = await figure.locator('figcaption').innerText();
      const shown = await figure.locator('pre').innerText();
      expect(trimLines(readFileSync(`example/${file}`, 'utf8')), file).toContain(trimLines(shown));
    }
  });
}

/** Excerpts are shown without the indentation that they have in the file. */
function trimLines(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}

test('an unknown address gets the not-found page', async ({ page, browserErrors }) => {
  const response = await page.goto('/nowhere');
  expect(response?.status()).toBe(404);
  await expect(page).toHaveTitle('Page not found · next-app-session');
  await page.getByRole('link', { name: 'Back to the overview' }).click();
  await expect(page).toHaveURL('/');
  expect(browserErrors.splice(0)).toEqual([expect.stringContaining('404')]);
});

test('every part is a click away from the overview', async ({ page }) => {
  for (const { path, heading, user } of pages.slice(1)) {
    if (user) continue;
    await page.goto('/');
    await page.getByRole('main').getByRole('link', { name: heading }).click();
    await expect(page).toHaveURL(path);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
  }
});

test('the keyboard can skip the navigation', async ({ page }) => {
  await page.goto('/counter');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Add one' })).toBeFocused();
});
