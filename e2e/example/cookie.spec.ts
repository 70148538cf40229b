import { expect, idIn, requireCookie, signedIn, test } from './fixtures.js';

const DAY = 86_400;

test('visiting pages sets no cookie', async ({ page, context }) => {
  const setters: string[] = [];
  page.on('response', async (response) => {
    if ((await response.allHeaders())['set-cookie']) setters.push(response.url());
  });
  for (const path of ['/', '/counter', '/name', '/sign-in', '/account']) {
    await page.goto(path);
    await page.waitForLoadState('networkidle');
  }
  expect(setters).toEqual([]);
  expect(await context.cookies()).toEqual([]);
});

test('going back, and what Next fetches ahead, create no session', async ({ page, context, session }) => {
  const fetchedAhead: string[] = [];
  page.on('request', (request) => {
    if (request.headers()['next-router-prefetch']) fetchedAhead.push(new URL(request.url()).pathname);
  });
  await page.goto('/');
  for (const name of ['Counter', 'Name form', 'Sign in']) {
    await page.getByRole('navigation').getByRole('link', { name }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  }
  for (const name of ['Name form', 'Counter']) {
    await page.goBack();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  }
  await page.waitForLoadState('networkidle');
  expect(fetchedAhead).toContain('/counter');
  expect(await context.cookies()).toEqual([]);
  await expect(session).not.toHaveSession();
});

test('the cookie is out of reach for scripts and other sites', async ({ page, context }) => {
  const now = Date.now() / 1000;
  const reply = await context.request.post('/api/counter');
  expect(reply.headers()['set-cookie']).toMatch(
    /^sid=s%3A[^;]+; Path=\/; Expires=[^;]+; Max-Age=604800; HttpOnly; SameSite=lax$/i,
  );
  const cookie = await requireCookie(context);
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', domain: 'localhost' });
  expect(cookie.expires).toBeGreaterThan(now + 7 * DAY - 60);
  expect(cookie.expires).toBeLessThan(now + 7 * DAY + 60);
  await page.goto('/counter');
  expect(await page.evaluate(() => document.cookie)).toBe('');
});

test('a later write sends no cookie, since nothing about it has changed', async ({ request }) => {
  expect((await request.post('/api/counter')).headers()['set-cookie']).toBeDefined();
  expect((await request.post('/api/counter')).headers()['set-cookie']).toBeUndefined();
});

test('visiting the account sends no cookie before a tenth of its Max-Age: a late answer could undo a sign-in', async ({
  sessions,
}) => {
  const { context } = await sessions.as(signedIn('Ada'));
  const reply = await context.request.get('/account');
  expect(reply.url()).toMatch(/\/account$/);
  expect(reply.headers()['set-cookie']).toBeUndefined();
});

test('no page holds the session ID or the signature', async ({ context, request }) => {
  await context.request.post('/api/counter');
  const cookie = await requireCookie(context);
  const [, signature = ''] = decodeURIComponent(cookie.value).split('.');
  for (const path of ['/', '/counter', '/name', '/sign-in', '/tokens', '/legacy', '/nowhere']) {
    const html = await (await context.request.get(path)).text();
    expect(html).toContain('next-app-session');
    expect(html).not.toContain(idIn(cookie));
    expect(html).not.toContain(signature);
  }
  expect(await (await request.get('/api/counter')).json()).toEqual({ count: 0 });
});

test('a session page is not kept by caches', async ({ request }) => {
  for (const path of ['/', '/counter', '/name', '/sign-in', '/tokens', '/legacy']) {
    expect((await request.get(path)).headers()['cache-control']).toContain('no-store');
  }
});
