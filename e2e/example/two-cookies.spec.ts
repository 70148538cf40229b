import nextAppSession from 'next-app-session';
import { expect, requireCookie, signedIn, signIn, test } from './fixtures.js';
import { serveShop } from './shop-server.js';

test.describe('a cookie of a longer path, which the browser sends first', () => {
  const before = { name: 'sid', domain: 'localhost', path: '/account' };

  test('that proves nothing keeps nobody out, and a sign-out leaves nobody in', async ({ sessions }) => {
    const { context, page } = await sessions.as(signedIn('Ada'));
    await context.addCookies([{ ...before, value: 'x' }]);
    await page.goto('/account');
    await expect(page.getByRole('definition').filter({ hasText: /^Ada$/ })).toBeVisible();
    await page.getByRole('button', { name: 'Sign out here' }).click();
    await expect(page).toHaveURL('/sign-in');
    await page.goto('/account');
    await expect(page).toHaveURL('/sign-in?from=%2Faccount');
  });

  test('of a session that is gone keeps nobody from signing in', async ({ sessions, page, context }) => {
    const ended = await sessions.as(signedIn('Bob'));
    const { value } = await requireCookie(ended.context);
    await sessions.revoke(ended);
    await context.addCookies([{ ...before, value }]);
    await signIn(page, 'Ada');
    await page.reload();
    await expect(page.getByRole('definition').filter({ hasText: /^Ada$/ })).toBeVisible();
  });
});

test('a sign-out drops the cookie of the domain, and that of the host from before there was a domain', async ({
  page,
  context,
}) => {
  const session = nextAppSession({ secret: 'a secret', cookie: { domain: 'shop.localhost' } });
  const { url, close } = await serveShop(async (req, res) => {
    if (req.url === '/in') await session(req, res).set('n', 1);
    if (req.url === '/out') await session(req, res).destroy();
    res.setHeader('content-type', 'text/html').end('<link rel="icon" href="data:,">');
  });
  const names = async () => (await context.cookies()).map(({ name, domain }) => `${name} of ${domain}`);
  await context.addCookies([{ name: 'sid', value: 'from-before', url }]);
  await page.goto(`${url}/in`);
  expect((await names()).toSorted()).toEqual(['sid of .shop.localhost', 'sid of www.shop.localhost']);
  await page.goto(`${url}/out`);
  expect(await names()).toEqual([]);
  await close();
});
