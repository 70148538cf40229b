import { readFileSync } from 'node:fs';
import { brokenLinks, HOME } from '../package/links.js';
import { listFiles } from '../package/repository.js';
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
  { path: '/tokens', title: 'Tokens · next-app-session', heading: 'Tokens' },
  { path: '/legacy', title: 'Pages Router · next-app-session', heading: 'Pages Router' },
  { path: '/traces', title: 'Traces · next-app-session', heading: 'Traces' },
  { path: '/testing', title: 'Testing · next-app-session', heading: 'Testing' },
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
    const docs = await page
      .getByText(/^In the docs: /)
      .getByRole('link')
      .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
    expect(docs.length).toBeGreaterThan(0);
    expect(docs.filter((link) => !link.startsWith(HOME))).toEqual([]);
    const asMarkdown = docs.map((link) => `[docs](${link})`).join('\n');
    expect(brokenLinks('README.md', asMarkdown, listFiles())).toEqual([]);
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

test('code that is too wide has a shadow where it goes on', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto('/');
  const code = page.getByRole('region', { name: 'Code of ../README.md' });
  const edges = async (left: number) => {
    await code.evaluate((element, to) => element.scrollTo({ left: to }), left);
    const box = await code.boundingBox();
    if (!box) throw new Error('The code is not shown.');
    // A strip without text, at the top.
    const strip = (x: number) => page.screenshot({ clip: { x, y: box.y + 1, width: 8, height: 8 } });
    return { left: await strip(box.x), right: await strip(box.x + box.width - 8) };
  };
  await code.scrollIntoViewIfNeeded();
  const start = await edges(0);
  const end = await edges(10_000);
  expect(start.left.equals(start.right)).toBe(false);
  expect(start.left.equals(end.right)).toBe(true);
  expect(start.right.equals(end.right)).toBe(false);
  expect(start.left.equals(end.left)).toBe(false);
});

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
  await expect(page.getByRole('main').getByRole('link').first()).toBeFocused();
});
