import { clickWhenReady, expect, sessionPanel, signedIn, test } from './fixtures.js';

/** What a browser logs of a failed request is the point of these tests. */
test.afterEach(({ browserErrors }) => {
  browserErrors.length = 0;
});

test('a store that cannot be read is an error page, and the app goes on afterwards', async ({
  sessions,
  page,
}) => {
  const ada = await sessions.as(signedIn('Ada'));
  await sessions.fail('get', { times: 1 });
  expect((await ada.page.goto('/counter'))?.status()).toBe(500);
  await expect(ada.page.getByRole('heading', { name: 'Something went wrong' })).toBeVisible();
  expect((await ada.page.goto('/counter'))?.status()).toBe(200);
  await expect(sessionPanel(ada.page)).toContainText('"Ada"');
  // Nobody without a cookie asks the store.
  await sessions.fail('get');
  expect((await page.goto('/counter'))?.status()).toBe(200);
});

test('a store that cannot be written creates no session', async ({ sessions, session, page }) => {
  await sessions.fail('set');
  await page.goto('/counter');
  await clickWhenReady(page.getByRole('button', { name: 'Add one' }));
  await expect(page.getByRole('alert').filter({ hasText: 'could not' })).toBeVisible();
  expect(await page.context().cookies()).toEqual([]);
  await expect(session).not.toHaveSession();
});

test('a slow store is waited for', async ({ sessions }) => {
  const ada = await sessions.as({ count: 1 });
  await sessions.delay('get', 700);
  const start = Date.now();
  await ada.page.goto('/counter');
  expect(Date.now() - start).toBeGreaterThanOrEqual(700);
  await expect(ada.page.getByRole('status', { name: 'Count' })).toHaveText('1');
});

test('faults are those of one test: another one’s requests go through', async ({
  sessions,
  playwright,
  baseURL,
}) => {
  await sessions.fail('set');
  await sessions.fail('get');
  // As the browsers of a test that runs at the same time: they do not carry this one's header.
  const another = await playwright.request.newContext({ baseURL: baseURL ?? '', extraHTTPHeaders: {} });
  expect(await (await another.post('/api/counter')).json()).toEqual({ count: 1 });
  expect(await (await another.post('/api/counter')).json()).toEqual({ count: 2 });
  await another.dispose();
});

test('faults reach browsers and requests that a test opens by itself', async ({
  sessions,
  browser,
  request,
}) => {
  await sessions.fail('set');
  expect((await request.post('/api/counter')).status()).toBe(500);
  const context = await browser.newContext();
  expect((await context.request.post('/api/counter')).status()).toBe(500);
  await context.close();
});

test.describe('with its own headers', () => {
  test.use({ extraHTTPHeaders: { 'x-own': '1' } });

  test('a test is told that its faults would reach nothing', async ({ sessions }) => {
    await expect(sessions.fail('get')).rejects.toThrow(
      'a header, which test.use({ extraHTTPHeaders }) removed.',
    );
    await expect(sessions.delay('get', 1)).rejects.toThrow(
      'a header, which test.use({ extraHTTPHeaders }) removed.',
    );
  });
});
