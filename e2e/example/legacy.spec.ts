import { clickWhenReady, expect, requireCookie, sessionPanel, test } from './fixtures.js';

test('the Pages Router reads what the App Router wrote', async ({ page }) => {
  await page.goto('/name');
  await page.getByLabel('Your name').fill('Ada');
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByText('Hello, Ada.')).toBeVisible();
  await page.getByRole('navigation').getByRole('link', { name: 'Pages Router' }).click();
  await expect(page).toHaveURL('/legacy');
  await expect(sessionPanel(page)).toContainText('"name": "Ada"');
});

test('the App Router reads what the Pages Router wrote', async ({ page, context, session }) => {
  await page.goto('/legacy');
  await expect(page.getByRole('status', { name: 'Visits to this page' })).toHaveText('1');
  const cookie = await requireCookie(context);
  await page.reload();
  await expect(page.getByRole('status', { name: 'Visits to this page' })).toHaveText('2');
  await page.getByRole('navigation').getByRole('link', { name: 'Overview' }).click();
  await expect(page).toHaveURL('/');
  await expect(sessionPanel(page)).toContainText('"legacyVisits": 2');
  expect(await requireCookie(context)).toEqual(cookie);
  await expect(session).toHaveSession({ legacyVisits: 2 });
});

test('only a visit counts: links to the page are not fetched ahead', async ({ page, context }) => {
  await context.request.get('/legacy');
  await page.goto('/');
  await page.getByRole('navigation').getByRole('link', { name: 'Pages Router' }).hover();
  await page.waitForLoadState('networkidle');
  await page.reload();
  await expect(sessionPanel(page)).toContainText('"legacyVisits": 1');
});

test('the API route removes the count and nothing else', async ({ page, session }) => {
  await session.write({ count: 1, legacyVisits: 1 });
  await page.goto('/legacy');
  await expect(page.getByRole('status', { name: 'Visits to this page' })).toHaveText('2');
  await clickWhenReady(page.getByRole('button', { name: 'Start over' }));
  await expect(page.getByRole('status', { name: 'Visits to this page' })).toHaveText('1');
  await expect(session).toHaveSession({ count: 1, legacyVisits: 1 });
});

test('the API route takes no other method and no request of another site', async ({ request }) => {
  expect((await request.get('/api/legacy')).status()).toBe(405);
  const foreign = await request.delete('/api/legacy', { headers: { 'Sec-Fetch-Site': 'cross-site' } });
  expect(foreign.status()).toBe(403);
});
