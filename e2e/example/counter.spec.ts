import { clickWhenReady, expect, sessionPanel, test } from './fixtures.js';

test('a click counts, and the count is still there after a reload', async ({ page }) => {
  await page.goto('/counter');
  await expect(page.getByRole('status', { name: 'Count' })).toHaveText('0');
  await clickWhenReady(page.getByRole('button', { name: 'Add one' }));
  await expect(page.getByRole('status', { name: 'Count' })).toHaveText('1');
  await expect(sessionPanel(page)).toContainText('"count": 1');
  await page.reload();
  await expect(page.getByRole('status', { name: 'Count' })).toHaveText('1');
});

test('quick clicks of a new visitor all count', async ({ page }) => {
  await page.goto('/counter');
  const add = page.getByRole('button', { name: 'Add one' });
  await clickWhenReady(add);
  for (let click = 2; click <= 10; click++) await add.click();
  await expect(page.getByRole('status', { name: 'Count' })).toHaveText('10');
  await page.reload();
  await expect(page.getByRole('status', { name: 'Count' })).toHaveText('10');
});

test('twenty requests sent at once by the page all count', async ({ page, session }) => {
  await page.goto('/counter');
  await clickWhenReady(page.getByRole('button', { name: 'Send 20 at once' }));
  await expect(page.getByRole('status', { name: 'Count' })).toHaveText('20');
  await expect(session).toHaveSession({ count: 20 });
});

test('the naive way loses clicks, and says how many', async ({ page, session }) => {
  await page.goto('/counter');
  await clickWhenReady(page.getByRole('button', { name: 'Send 20 the naive way' }));
  const lost = page.getByText(/^\d+ of 20 clicks are lost\.$/);
  await expect(lost).toBeVisible();
  const kept = 20 - Number.parseInt(await lost.innerText(), 10);
  expect(kept).toBeLessThan(20);
  await expect(page.getByRole('status', { name: 'Kept of 20' })).toHaveText(String(kept));
  await expect(session).toHaveSession({ naiveCount: kept });
});

test('twenty parallel requests each get their own number', async ({ request }) => {
  expect(await (await request.post('/api/counter')).json()).toEqual({ count: 1 });
  const replies = await Promise.all(Array.from({ length: 20 }, () => request.post('/api/counter')));
  const counts: { count: number }[] = await Promise.all(replies.map((reply) => reply.json()));
  const inOrder = counts.map(({ count }) => count).sort((a, b) => a - b);
  expect(inOrder).toEqual(Array.from({ length: 20 }, (_, index) => index + 2));
  expect(await (await request.get('/api/counter')).json()).toEqual({ count: 21 });
});

test('reset removes the count and nothing else', async ({ page, session }) => {
  await session.write({ count: 1, name: 'Grace' });
  await page.goto('/counter');
  await expect(page.getByRole('status', { name: 'Count' })).toHaveText('1');
  await clickWhenReady(page.getByRole('button', { name: 'Reset' }));
  await expect(page.getByRole('status', { name: 'Count' })).toHaveText('0');
  await expect(sessionPanel(page)).not.toContainText('count');
  await expect(session).toHaveSession({ name: 'Grace' });
});

test('says so when the server cannot be reached, and goes on afterwards', async ({ page, browserErrors }) => {
  await page.goto('/counter');
  await page.route('**/api/counter', (route) => route.abort());
  const add = page.getByRole('button', { name: 'Add one' });
  await clickWhenReady(add);
  await expect(page.getByRole('alert').filter({ hasText: 'could not be reached' })).toBeVisible();
  // Chromium and WebKit log the request that failed, each in its own words. Firefox logs nothing.
  expect(browserErrors.splice(0).filter((error) => !error.includes('/api/counter'))).toEqual([]);

  await page.unroute('**/api/counter');
  await add.click();
  await expect(page.getByRole('status', { name: 'Count' })).toHaveText('1');
  await expect(page.getByText('could not be reached')).toBeHidden();
});

test("another site's request is refused and changes nothing", async ({ request }) => {
  await request.post('/api/counter');
  for (const path of ['/api/counter', '/api/counter/naive']) {
    for (const method of ['POST', 'DELETE']) {
      const reply = await request.fetch(path, { method, headers: { 'Sec-Fetch-Site': 'cross-site' } });
      expect(reply.status()).toBe(403);
      expect(reply.headers()['set-cookie']).toBeUndefined();
    }
  }
  expect(await (await request.get('/api/counter')).json()).toEqual({ count: 1 });
});
