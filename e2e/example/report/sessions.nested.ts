import { writeFile } from 'node:fs/promises';
import { expect, requireCookie, signedIn, test } from '../fixtures.js';

test('fails after a store call', async ({ sessions, page, session }) => {
  await session.write({ count: 1 });
  await page.goto('/counter');
  const ada = await sessions.as(signedIn('Ada Lovelace'));
  await ada.page.goto('/account');
  const { value } = await requireCookie(ada.context);
  await writeFile(process.env.NESTED_COOKIE_FILE ?? '', value);
  expect(1, 'as it should').toBe(2);
});

test('passes', async ({ session, page }) => {
  await session.write({ count: 1 });
  await page.goto('/counter');
});

test.describe('always', () => {
  test.use({ sessionReport: 'always' });

  test('passes and is reported', async ({ session, page }) => {
    await session.write({ count: 1 });
    await page.goto('/counter');
  });
});
