import { expect, submitSignIn, test } from './fixtures.js';

test('signing in leads to the page that was asked for', async ({ page }) => {
  await page.goto('/sign-in?from=/counter');
  await submitSignIn(page, 'Ada');
  await expect(page).toHaveURL('/counter');
});

for (const from of [
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/.//evil.example',
  'javascript:alert(1)',
]) {
  test(`signing in does not lead away to ${JSON.stringify(from)}`, async ({ page }) => {
    await page.goto(`/sign-in?from=${encodeURIComponent(from)}`);
    await expect(page.locator('input[name=from]')).toHaveValue('/account');
    // The form can be tampered with, too: the server has the last word.
    await page
      .locator('input[name=from]')
      .evaluate((input, value) => input.setAttribute('value', value), from);
    await submitSignIn(page, 'Ada');
    await expect(page).toHaveURL('/account');
  });
}
